import prettier from "eslint-config-prettier"
import vue from "eslint-plugin-vue"
import ts from "typescript-eslint"

export default ts.config(
  { ignores: ["dist/**"] },
  ...ts.configs.strict,
  ...vue.configs["flat/recommended"],
  prettier,
  {
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      // A component is named like its Python class: Clip, Choice.
      "vue/multi-word-component-names": "off",
      // Props are the traits of the Python class.
      "vue/prop-name-casing": "off",
      // A prop without a default is undefined, and typed so.
      "vue/require-default-prop": "off",
      // `!` marks what the lines above made certain.
      "@typescript-eslint/no-non-null-assertion": "off",
      // A bundler's plugin takes files out of a bundle by their names.
      "@typescript-eslint/no-dynamic-delete": "off",
      // An empty method is the honest one where there is no portal.
      "@typescript-eslint/no-empty-function": "off",
    },
  },
)

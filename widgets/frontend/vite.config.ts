/**
 * One source, two builds. `--mode page`: hashed chunks for instant pages, with Vue
 * and only the Vuetify parts we use. `--mode host`: one module for JupyterLab and
 * Voila, where Vue and Vuetify are the host's.
 */
import vue from "@vitejs/plugin-vue"
import vuetify from "vite-plugin-vuetify"
import { defineConfig, type UserConfig } from "vite"
import { hostBuild } from "./build/host-build"
import { pageBuild } from "./build/page-build"
import { texts } from "./build/texts"

const defines = {
  __VUE_OPTIONS_API__: "true",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
}

const of = (folder: string, names: string) => new RegExp(`src/${folder}/(${names})`)

/** What is asked for together travels together. */
const groups = [
  { name: "exercises", test: of("components", "ExerciseFrame|Reflection|Choice|ActionPlan|Feedback") },
  { name: "clip", test: of("components", "Clip|clip") },
  {
    name: "sharing",
    test: of(
      "components",
      "HandIn|hand-in|use-hand|Together|PeerShare|Gallery|Post|Stars|rating|looking|use-looking",
    ),
  },
  { name: "home", test: of("components", "Home|Catalogue|Course|Week") },
  { name: "desk", test: of("screens", "Desk|desk|mark|use-mark") },
  { name: "studio", test: of("screens", "Studio") },
  { name: "texts-bn", test: /virtual:texts-bn/ },
  { name: "core", test: /node_modules|^\0|[\\/]src[\\/]/ },
]

const page: UserConfig = {
  base: "./",
  plugins: [vue(), vuetify(), texts(), pageBuild()],
  define: defines,
  build: {
    outDir: "dist/page",
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { page: "src/page.ts", early: "src/early.ts" },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
        codeSplitting: { groups, includeDependenciesRecursively: false },
      },
    },
  },
}

const host: UserConfig = {
  plugins: [vue(), texts(), hostBuild()],
  define: { ...defines, "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist/host",
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 1_000_000,
    reportCompressedSize: false,
    lib: { entry: "src/host.ts", formats: ["es"], fileName: () => "pathshala.js" },
    rolldownOptions: { external: ["vue"] },
  },
}

export default defineConfig(({ mode }) => (mode === "host" ? host : page))

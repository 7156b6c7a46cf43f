/**
 * One source, two builds. `--mode page`: hashed chunks for instant pages, with Vue
 * and only the Vuetify parts we use. `--mode worker`: the service worker, beside them, with a
 * name that stays. `--mode host`: one module for JupyterLab and
 * Voila, where Vue and Vuetify are the host's. And `--mode live`: what runs in the
 * frames of live pages, which show anybody's widgets and none of our components.
 */
import { fileURLToPath } from "node:url"
import vue from "@vitejs/plugin-vue"
import vuetify from "vite-plugin-vuetify"
import { defineConfig, type UserConfig } from "vite"
import { earlierBuilds } from "./build/earlier-builds.ts"
import { hostBuild } from "./build/host-build.ts"
import { liveBuild } from "./build/live-build.ts"
import { pageBuild } from "./build/page-build.ts"
import { texts } from "./build/texts.ts"

const defines = {
  __VUE_OPTIONS_API__: "true",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
}

/** What every page needs; the other chunks follow from `src/bundles`. */
const core =
  /node_modules|plugin-vue|src\/(shell|offline\/(?!keeping|films|room)|(?!page|early|host|components)[\w-]+\.ts)|components\/(Icon|KeptPicture|PostPictures|post-words|CopyLink|clip-choice|UndoBar|Wording|LoadState|failures|use-loaded|points|latest-hand-in|exercises-here|quiz)/

const page: UserConfig = {
  base: "./",
  plugins: [vue(), vuetify(), texts(), earlierBuilds(), pageBuild()],
  define: defines,
  build: {
    outDir: "dist/page",
    emptyOutDir: false, // `earlierBuilds` does that
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { page: "src/page.ts", early: "src/early.ts" },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: (chunk) => `${chunk.name.replace("_virtual_", "")}-[hash].js`,
        assetFileNames: "[name]-[hash][extname]",
        codeSplitting: { groups: [{ name: "core", test: core }] },
      },
    },
  },
}

const worker: UserConfig = {
  build: {
    outDir: "dist/page",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    rolldownOptions: {
      input: { "service-worker": "src/service-worker.ts" },
      output: { format: "iife", entryFileNames: "[name].js" },
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

const live: UserConfig = {
  base: "./",
  plugins: [liveBuild()],
  resolve: {
    alias: { "sanitize-html": fileURLToPath(new URL("src/live/sanitize.ts", import.meta.url)) },
  },
  build: {
    outDir: "dist/live",
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { input: { live: "src/live/live.ts" } },
  },
}

export default defineConfig(({ mode }) => ({ worker, host, live })[mode] ?? page)

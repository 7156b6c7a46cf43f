import { defineConfig } from "vitest/config"
import vue from "@vitejs/plugin-vue"
import vuetify from "vite-plugin-vuetify"
import { texts } from "./build/texts.ts"

export default defineConfig({
  plugins: [vue(), vuetify(), texts()],
  test: {
    environment: "jsdom",
    isolate: false, // a process for each file would cost three times as much
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing.ts"],
    server: { deps: { inline: ["vuetify"] } },
  },
})

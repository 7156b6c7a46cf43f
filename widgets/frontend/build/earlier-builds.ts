/**
 * Vite plugin that leaves the files of the builds before this one beside it: a page that is open, or
 * kept on a phone, goes on finding its own scripts. builds.json names the files of each, the newest
 * first.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Plugin } from "vite"

const MOST_EARLIER = 3
const LIST = "builds.json"
/** What has no hash in its name, and is the newest always. */
const ALONE = new Set([LIST, "manifest.json", "service-worker.js"])

const isHashed = (file: string) => !ALONE.has(file) && !file.endsWith(".br")

function readBuilds(folder: string): string[][] {
  if (!existsSync(folder)) return []
  const list = join(folder, LIST)
  if (existsSync(list)) return JSON.parse(readFileSync(list, "utf8")) as string[][]
  return [readdirSync(folder).filter(isHashed)]
}

/** The builds to have after one of `files`: what was built again counts once. */
export function buildsAfter(builds: string[][], files: string[]): string[][] {
  const now = [...files].sort()
  const others = builds.filter((build) => build.join() !== now.join())
  return [now, ...others.slice(0, MOST_EARLIER)]
}

export function earlierBuilds(): Plugin {
  return {
    name: "pathshala:earlier-builds",
    apply: "build",
    writeBundle(options, bundle) {
      const folder = options.dir!
      const builds = buildsAfter(readBuilds(folder), Object.keys(bundle).filter(isHashed))
      const wanted = new Set(builds.flat())
      for (const file of readdirSync(folder)) {
        if (!ALONE.has(file) && !wanted.has(file.replace(/\.br$/, ""))) rmSync(join(folder, file))
      }
      writeFileSync(join(folder, LIST), `${JSON.stringify(builds, null, 1)}\n`)
    },
  }
}

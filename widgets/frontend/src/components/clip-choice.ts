/** Which file of a clip is played: a size, or its sound alone. */
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from "vue"
import { clipSize, dataSaver } from "../shell/preferences"

export interface ClipFile {
  /** The short side of the picture, such as "240", or "sound". */
  name: string
  src: string
  size_bytes?: number
}

const FOR_PHONES = 240
const FOR_LAPTOPS = 480
const WIDEST_PHONE = 600

/** The size to begin with: the smallest to save data, else the chosen one, else by the screen. */
export function firstSize(
  sizes: ClipFile[],
  how: { isSaving: boolean; chosen: string; isPhone: boolean },
): ClipFile | undefined {
  if (how.isSaving) return sizes[0]
  const most = Number(how.chosen) || (how.isPhone ? FOR_PHONES : FOR_LAPTOPS)
  return sizes.filter((size) => Number(size.name) <= most).at(-1) ?? sizes[0]
}

export interface ClipChoice {
  current: ComputedRef<ClipFile>
  isSound: Ref<boolean>
  /** The next smaller size, where the network is slow. */
  smaller: ComputedRef<ClipFile | undefined>
  choose(name: string): void
}

/** The choice for one clip; a chosen size is remembered on this device for all clips. */
export function useClipChoice(
  sizes: () => ClipFile[],
  sound: () => ClipFile | null | undefined,
  kept: Readonly<Ref<ReadonlySet<string>>> = shallowRef(new Set<string>()),
): ClipChoice {
  const isSound = ref(false)
  const chosenHere = ref("")
  watch(dataSaver, () => (chosenHere.value = ""))
  // what is on this phone costs nothing, and plays without network
  watch(kept, (here) => {
    const size = sizes().find(({ src }) => here.has(src))
    chosenHere.value = size?.name ?? chosenHere.value
    if (!size && here.has(sound()?.src ?? "")) isSound.value = true
  })
  const isPhone = innerWidth <= WIDEST_PHONE
  const size = computed(() => {
    const isSaving = dataSaver.value === "on"
    const here = sizes().find((one) => one.name === chosenHere.value)
    return here ?? firstSize(sizes(), { isSaving, chosen: clipSize.value, isPhone })!
  })
  return {
    isSound,
    current: computed(() => (isSound.value && sound()) || size.value),
    smaller: computed(() => (isSound.value ? undefined : sizes()[sizes().indexOf(size.value) - 1])),
    choose(name) {
      chosenHere.value = clipSize.value = name
    },
  }
}

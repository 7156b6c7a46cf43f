/**
 * Makes a photo small on the phone, before it is kept or sent: what a camera gives would cost a
 * teacher megabytes. What is drawn anew also tells nothing of where and when it was taken.
 */
const SIDE = 1280
const QUALITY = 0.75
const MOST_POINTS = 64_000_000
const KINDS = ["image/webp", "image/jpeg"] // an old browser writes no WebP, and gives a PNG instead

/** Why a file cannot be taken. */
export class NoPicture extends Error {
  constructor(readonly why: "unreadable" | "too-large") {
    super(why)
  }
}

/** Width and height within a square of this side; nothing is made larger. */
export function fit(width: number, height: number, side = SIDE): [number, number] {
  const part = Math.min(1, side / Math.max(width, height))
  return [Math.max(1, Math.round(width * part)), Math.max(1, Math.round(height * part))]
}

/** Make a photo small; fails with NoPicture. */
export async function shrinkPicture(file: Blob): Promise<Blob> {
  const address = URL.createObjectURL(file)
  try {
    return await draw(await read(address))
  } finally {
    URL.revokeObjectURL(address)
  }
}

/** Its size is asked before its points are unpacked: those of a large one fill a small phone. */
async function read(address: string): Promise<HTMLImageElement> {
  const photo = await load(address)
  if (!photo.naturalWidth) throw new NoPicture("unreadable")
  if (photo.naturalWidth * photo.naturalHeight > MOST_POINTS) throw new NoPicture("too-large")
  try {
    await photo.decode()
  } catch {
    throw new NoPicture("unreadable")
  }
  return photo
}

function load(address: string): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const photo = new Image()
    photo.onload = () => done(photo)
    photo.onerror = () => fail(new NoPicture("unreadable"))
    photo.src = address
  })
}

async function draw(photo: HTMLImageElement): Promise<Blob> {
  const canvas = document.createElement("canvas")
  ;[canvas.width, canvas.height] = fit(photo.naturalWidth, photo.naturalHeight)
  const pen = canvas.getContext("2d")
  if (!pen) throw new NoPicture("unreadable")
  pen.fillStyle = "white"
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(photo, 0, 0, canvas.width, canvas.height)
  for (const kind of KINDS) {
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, kind, QUALITY))
    if (made?.type === kind) return made
  }
  throw new NoPicture("unreadable")
}

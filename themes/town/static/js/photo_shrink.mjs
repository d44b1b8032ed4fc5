// A photo made small on the phone: what it tells of place, time and device goes with the pixels that go.

const SIDES = [1600, 1280, 960, 640];
const QUALITIES = [0.8, 0.65, 0.5];
export const MOST_BYTES = 150000;

/**
 * The picture upright, as it was taken.
 * @param {Blob} file
 * @returns {Promise<ImageBitmap | HTMLImageElement>}
 */
async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    // Safari before 15 knows no options; its pictures turn themselves.
    const $image = new Image();
    $image.src = URL.createObjectURL(file);
    try {
      await $image.decode();
      return $image;
    } finally {
      URL.revokeObjectURL($image.src);
    }
  }
}

/**
 * @param {ImageBitmap | HTMLImageElement} picture
 * @param {number} side
 */
function draw(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * WebP, or JPEG where the browser makes none, of at most MOST_BYTES; rejects where the file is no picture.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export async function shrinkPhoto(file) {
  const picture = await decode(file);
  let type = 'image/webp';
  for (const side of SIDES) {
    const canvas = draw(picture, side);
    for (const quality of QUALITIES) {
      const make = () => new Promise((resolve) => canvas.toBlob(resolve, type, quality));
      let made = /** @type {Blob | null} */ (await make());
      // A type that a browser does not make becomes PNG without a word.
      if (made && made.type !== type) {
        type = 'image/jpeg';
        made = /** @type {Blob | null} */ (await make());
      }
      if (made && made.size <= MOST_BYTES) return made;
    }
  }
  throw new Error('too large');
}

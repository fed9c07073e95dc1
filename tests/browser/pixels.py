"""The pixels of a PNG, read by the browser itself: the tests need no library of pictures for it."""

import base64

from playwright.sync_api import Page

_READ = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const {data} = canvas.getImageData(0, 0, picture.width, picture.height);
  let text = "";
  for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(data[at + 1]);
  return [picture.width, picture.height, btoa(text)];
}"""


def grey(page: Page, png: bytes) -> memoryview:
    """Rows of columns of one octet each, 0 for black: what barcode readers take."""
    reader = page.context.new_page()
    width, height, encoded = reader.evaluate(_READ, base64.b64encode(png).decode())
    reader.close()
    return memoryview(base64.b64decode(encoded)).cast("B", (height, width))

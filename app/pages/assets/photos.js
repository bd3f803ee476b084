/* Photos of a form: each is made smaller, sent at once with its progress, and sent again when the network fails.
   Without this the file field sends them with the form. */

const LONGEST = 1600;
const SMALL_ENOUGH = 400_000;
const ADDRESS = "/api/v1/attachments";

/* What is chosen is shown by us: the field itself is then a place to tap. */
document.documentElement.classList.add("scripted");

/* How many are on their way: a form waits for them. */
let pending = 0;
export const underWay = () => pending;

export async function smaller(file) {
  if (file.size < SMALL_ENOUGH || !window.createImageBitmap) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}

/* One key for one photo, however often it is sent. */
export function send(blob, key, onProgress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", ADDRESS);
    request.setRequestHeader("Idempotency-Key", key);
    request.responseType = "json";
    request.timeout = 60_000;
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status === 201
      ? done(request.response)
      : failed(new Error(request.response?.msg ?? "没有传上去")));
    request.onerror = request.ontimeout = () => failed(new Error("网络断开了"));
    const body = new FormData();
    body.append("file", blob, "photo.jpg");
    request.send(body);
  });
}

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(36)).join("");

const button = (words, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain small";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
};

function changed(list) {
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

export function show(list, photo) {
  const item = document.createElement("li");
  const image = new Image(72, 72);
  image.src = photo.url;
  image.alt = "已上传的照片";
  // The address of a photo works for some minutes only; the photo of a draft is there all the same.
  image.addEventListener("error", () => image.replaceWith("已上传"));
  const id = document.createElement("input");
  id.type = "hidden";
  id.name = "photo";
  id.value = photo.id;
  item.append(image, id, button("去掉", () => { item.remove(); changed(list); }));
  list.append(item);
}

async function take(list, file) {
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  bar.max = 1;
  bar.setAttribute("aria-label", `上传 ${file.name}`);
  words.setAttribute("role", "status");
  list.append(item);
  const key = newKey();
  const blob = await smaller(file);
  const attempt = async () => {
    pending += 1;
    bar.value = 0;
    words.textContent = "正在上传";
    item.replaceChildren(bar, words);
    try {
      const photo = await send(blob, key, (part) => { bar.value = part; });
      item.remove();
      show(list, { id: photo.id, url: photo.thumbnail_url });
      changed(list);
    } catch (error) {
      words.textContent = `${error.message}。`;
      item.replaceChildren(words, button("重试", attempt), button("去掉", () => item.remove()));
    } finally {
      pending -= 1;
    }
  };
  await attempt();
}

export function enhance(root) {
  for (const field of root.querySelectorAll("[data-photos]")) {
    const input = field.querySelector("input[type=file]");
    const list = field.querySelector(".shots");
    const taken = () => {
      for (const file of [...input.files]) take(list, file);
      input.value = "";
    };
    input.addEventListener("change", (event) => {
      event.stopPropagation();
      taken();
    });
    // On a slow network somebody chose one before this script was there.
    taken();
    for (const item of list.children) item.append(button("去掉", () => { item.remove(); changed(list); }));
  }
}
enhance(document);

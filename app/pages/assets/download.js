/* How far a download is: its length is not known before it is written, so what has come is counted. Without this the
   browser saves the same file by itself. */

const MEGABYTE = 1_000_000;

async function download(form, told) {
  const answer = await fetch(form.action, { method: "POST", credentials: "same-origin" });
  if (!(answer.headers.get("content-type") ?? "").startsWith("application/zip")) {
    document.documentElement.innerHTML = await answer.text();
    return;
  }
  const parts = [];
  let size = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    told.textContent = `已下载 ${(size / MEGABYTE).toFixed(1)} MB…`;
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "application/zip" }));
  link.download = name ? name[1] : form.dataset.download;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  told.textContent = `已导出，共 ${(size / MEGABYTE).toFixed(1)} MB，请在浏览器的下载里查看。`;
}

for (const form of document.querySelectorAll("form[data-download]")) {
  const told = form.querySelector("[data-progress]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    told.textContent = "正在准备…";
    try {
      await download(form, told);
    } catch {
      told.textContent = "下载中断了，请检查网络后再试一次。";
    } finally {
      button.disabled = false;
    }
  });
}

/* From here on the page listens. */
performance.mark("listens");

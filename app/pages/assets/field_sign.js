/* The customer signs with a finger: lines as shares of the pad, which the service draws itself. */

const MOST_POINTS = 2000;

const form = document.querySelector("#signature");
if (form) {
  const canvas = form.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const field = form.elements.namedItem("strokes");
  let strokes = [];
  form.hidden = false;
  pen.lineWidth = 5;
  pen.lineCap = pen.lineJoin = "round";

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const share = (value) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  };
  const draw = ([fromX, fromY], [toX, toY]) => {
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.beginPath();
    pen.moveTo(fromX * canvas.width, fromY * canvas.height);
    pen.lineTo(toX * canvas.width, toY * canvas.height);
    pen.stroke();
  };
  const keep = () => { field.value = JSON.stringify(strokes); };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    strokes.push([at(event)]);
  });
  canvas.addEventListener("pointermove", (event) => {
    const stroke = strokes.at(-1);
    if (!event.buttons || !stroke || stroke.length >= MOST_POINTS) return;
    const point = at(event);
    draw(stroke.at(-1), point);
    stroke.push(point);
  });
  canvas.addEventListener("pointerup", keep);
  form.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    pen.clearRect(0, 0, canvas.width, canvas.height);
    keep();
  });
}

// A region is drawn on a picture with the mouse or a finger; its edges go into the form's fields, in pixels of the image.
// Without this script, and by keyboard, the fields are filled in by hand.
for (const frame of document.querySelectorAll("[data-mark]")) {
  const picture = frame.querySelector("img");
  const field = (side) => document.getElementById(`${side}-${frame.dataset.mark}`);
  const box = document.createElement("span");
  box.className = "mark__box";
  box.hidden = true;
  frame.append(box);
  let start = null;

  const at = (event) => {
    const size = picture.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, value));
    return {
      x: within((event.clientX - size.left) / size.width, 1),
      y: within((event.clientY - size.top) / size.height, 1),
    };
  };
  const show = (a, b) => {
    box.hidden = false;
    box.style.left = `${100 * Math.min(a.x, b.x)}%`;
    box.style.top = `${100 * Math.min(a.y, b.y)}%`;
    box.style.width = `${100 * Math.abs(a.x - b.x)}%`;
    box.style.height = `${100 * Math.abs(a.y - b.y)}%`;
  };
  const keep = (a, b) => {
    const columns = Number(frame.dataset.columns);
    const rows = Number(frame.dataset.rows);
    field("left").value = Math.floor(Math.min(a.x, b.x) * columns);
    field("right").value = Math.ceil(Math.max(a.x, b.x) * columns);
    field("top").value = Math.floor(Math.min(a.y, b.y) * rows);
    field("bottom").value = Math.ceil(Math.max(a.y, b.y) * rows);
  };

  picture.draggable = false;
  picture.addEventListener("pointerdown", (event) => {
    start = at(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => { if (start) show(start, at(event)); });
  picture.addEventListener("pointerup", (event) => {
    if (!start) return;
    const end = at(event);
    if (start.x !== end.x && start.y !== end.y) keep(start, end);
    start = null;
  });
}

// One keystroke per score, and a stack of images by slider. Without this script radios and links do the same.
// Keys work only while the focus is inside the scores (WCAG 2.1.4), so that nothing typed elsewhere is taken for a score.
const area = document.querySelector("[data-scores]");
const status = document.querySelector("[data-scored]");

const groups = () => [...(area?.querySelectorAll("fieldset[data-score]") ?? [])];
const radios = (group) => [...group.querySelectorAll("input[type=radio]")];
const focusOn = (group) => {
  if (!group) return;
  (radios(group).find((r) => r.checked) ?? radios(group)[0])?.focus();
  group.scrollIntoView({ block: "nearest" });
};
const told = () => {
  const all = groups();
  const done = all.filter((g) => radios(g).some((r) => r.checked)).length;
  if (status) status.textContent = `${done} of ${all.length} scored`;
};
const step = (group, by) => focusOn(groups()[groups().indexOf(group) + by]);
const nextSeries = (group) => {
  const all = groups();
  focusOn(all.slice(all.indexOf(group) + 1).find((g) => g.dataset.series !== group.dataset.series));
};

area?.addEventListener("keydown", (event) => {
  const group = event.target.closest("fieldset[data-score]");
  if (!group || event.ctrlKey || event.altKey || event.metaKey) return;
  const choice = radios(group)[Number(event.key) - 1];
  if (choice) {
    choice.checked = true;
    choice.focus();
    told();
    step(group, 1);
  } else if (event.key === "j") step(group, 1);
  else if (event.key === "k") step(group, -1);
  else if (event.key === "s") nextSeries(group);
  else if (event.key === "n") document.querySelector("[data-next]")?.click();
  else return;
  event.preventDefault();
});
area?.addEventListener("change", told);
told();

for (const stack of document.querySelectorAll("[data-stack]")) {
  const slider = stack.querySelector("input[type=range]");
  const picture = stack.querySelector("img");
  const label = stack.querySelector("output");
  slider.parentElement.hidden = false;
  slider.addEventListener("input", () => {
    picture.src = stack.dataset.stack.replace("/0.png", `/${slider.value}.png`);
    picture.alt = `Image ${slider.value} of ${slider.max} of ${stack.dataset.label}`;
    label.textContent = `${slider.value} of ${slider.max}`;
  });
}

// Hands a folder, files or an archive to the site's gateway, one file a request, and says what was not taken.
// Names of files are shown here and sent nowhere.
const drop = document.getElementById("drop");
const words = document.getElementById("progress-words");
const bar = document.getElementById("progress-bar");
const TRIES = 5;

async function post(address, body) {
  const headers = { "X-CSRFToken": drop.dataset.csrf, "Accept": "application/json" };
  if (body) headers["Content-Type"] = "application/octet-stream";
  const answer = await fetch(address, { method: "POST", headers, body, credentials: "same-origin" });
  const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
  if (answer.status >= 500) throw new Error("The server cannot answer now.");
  return { ok: answer.ok, told };
}

async function sendOne(address, file) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await post(address, file);
    } catch (error) {
      // A lost connection is tried again: what came before is noted as a duplicate.
      if (attempt >= TRIES) throw error;
      await new Promise((done) => setTimeout(done, 500 * 2 ** attempt));
    }
  }
}

function notTaken(name, reason) {
  document.getElementById("left-out").hidden = false;
  const item = document.createElement("li");
  item.textContent = `${name}: ${reason}`;
  document.getElementById("left-out-list").append(item);
}

async function send(files) {
  if (!files.length) return;
  document.getElementById("progress").hidden = false;
  bar.max = files.reduce((sum, f) => sum + Math.max(f.size, 1), 0);
  const started = await post(drop.dataset.start);
  let images = 0;
  let troubles = 0;
  for (const [index, file] of files.entries()) {
    words.textContent = `Sending file ${index + 1} of ${files.length}; ${images} images taken`;
    try {
      const { ok, told } = await sendOne(started.told.file, file);
      images += told.images || 0;
      if (!ok) { troubles += 1; notTaken(file.name, told.message || "It was not taken."); }
      for (const left of told.left_out || []) { troubles += 1; notTaken(file.name, left.files > 1 ? `${left.files} files: ${left.words}` : left.words); }
    } catch (error) {
      troubles += 1;
      notTaken(file.name, "The connection was lost. Send it again.");
    }
    bar.value += Math.max(file.size, 1);
  }
  const finished = await post(started.told.finish);
  words.textContent = `${images} images were taken by your gateway.`;
  if (!troubles) { location.assign(finished.told.next); return; }
  const on = document.createElement("a");
  on.href = finished.told.next;
  on.className = "btn";
  on.textContent = "See what was found";
  drop.append(on);
  on.focus();
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  // readEntries gives at most 100 at a time.
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}

if (drop) {
  drop.hidden = false;
  for (const input of drop.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => send([...input.files]));
  }
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    const entries = [...event.dataTransfer.items].map((i) => i.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const entry of entries) found.push(...(await filesOf(entry)));
    await send(found);
  });
}

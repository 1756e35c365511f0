// Pick or drop one file, or paste text; both are handed to Python, which reads and checks them.

export function render({model, el}) {
  installTokens(NX_CSS)
  const input = element("input", {type: "file", accept: model.accept, hidden: true, onchange: () => {
    take(input.files[0])
    input.value = "" // so that the same file can be chosen again
  }})
  const area = element("textarea", {rows: 3, placeholder: model.placeholder, spellcheck: "false"})
  const asked = element("label", {}, element("span", {}, model.label), area)
  const use = element("button", {type: "button", onclick: () => model.send_msg({kind: "text", text: area.value.slice(0, 2000000)})}, "Use these")
  const pick = element("button", {type: "button", onclick: () => input.click()}, "Choose a file…")
  const note = element("p", {class: "nx-note", role: "status"})
  const box = element("div", {class: "nx-upload"}, asked, element("div", {class: "nx-row"}, use, pick), note, input)
  el.append(box)
  // Through the model, so that Python can say the same words again.
  function say(text) {
    model.note = text
    note.textContent = text
  }
  async function take(file) {
    if (!file) return
    if (file.size > model.max_bytes) {
      say(`“${file.name.slice(0, 80)}” has ${thousands(file.size)} bytes; at most ${thousands(model.max_bytes)} can be read. Cut it or keep one column.`)
      return
    }
    if (file.size === 0) {
      say(`“${file.name.slice(0, 80)}” is empty, 0 bytes. Choose one with values in it.`)
      return
    }
    say("reading…")
    model.filename = file.name.slice(0, 200)
    model.content = await file.arrayBuffer()
  }
  box.addEventListener("dragover", (event) => event.preventDefault())
  box.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files[0]) })
  model.on("note", () => { note.textContent = model.note })
}

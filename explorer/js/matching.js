// How words are found: without case, accents and punctuation.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
const wordsOf = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? []

// How well typed words meet a title, 0 for not at all: its beginning, beginnings of its words, a
// part of it, its letters in order; last, words that stand in what is said about it.
function match(query, words, title, about) {
  if (title === query) return 150
  if (title.startsWith(query)) return 100
  const parts = wordsOf(title)
  if (words.every((word) => parts.some((part) => part.startsWith(word)))) return 80
  if (title.includes(query)) return 60
  if (words.every((word) => title.includes(word) || about.includes(word))) return 40
  return words.length === 1 && query.length > 2 && title.length < 40 && inOrder(query, title) ? 20 : 0
}

// Whether letters follow one another in a text, the first one at a word's beginning.
function inOrder(letters, text) {
  let at = ` ${text}`.indexOf(` ${letters[0]}`)
  if (at < 0) return false
  for (const letter of letters.slice(1)) {
    at = text.indexOf(letter, at + 1)
    if (at < 0) return false
  }
  return true
}

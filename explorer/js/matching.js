// How words are found: without case, accents and punctuation.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
const wordsOf = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? []

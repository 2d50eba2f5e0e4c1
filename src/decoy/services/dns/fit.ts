/** What of an answer fits into a datagram (RFC 2181 §9). */
import {FLAG} from '../../codecs/dns/constants.ts'
import type {Resource} from '../../codecs/dns/records.ts'
import {type Draft, writeMessage} from '../../codecs/dns/writer.ts'

/** As much as there is room for; addresses beside the answer are left out first, and nobody is told of that. */
export function fitted(draft: Draft, pseudo: readonly Resource[], size: number): Buffer {
  const {answers = [], additionals = []} = draft
  const whole = writeMessage({...draft, additionals: [...additionals, ...pseudo]})
  if (whole.length <= size) return whole
  const lean = writeMessage({...draft, additionals: pseudo})
  if (lean.length <= size) return lean
  const cut = (count: number): Buffer => truncated({...draft, answers: answers.slice(0, count)}, pseudo)
  let [fits, tooMany] = [0, answers.length]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (cut(middle).length <= size) fits = middle
    else tooMany = middle
  }
  return cut(fits)
}

/** For a sender whose address may be forged: the answer if it is not longer than the question, else an empty one. */
export function shortened(draft: Draft, pseudo: readonly Resource[], size: number): Buffer {
  const plain = writeMessage({...draft, additionals: pseudo})
  return plain.length <= size ? plain : truncated({...draft, answers: []}, pseudo)
}

/** The client asks again over TCP. */
function truncated(draft: Draft, additionals: readonly Resource[]): Buffer {
  return writeMessage({...draft, flags: draft.flags | FLAG.TRUNCATED, authorities: [], additionals})
}

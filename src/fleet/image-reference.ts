import {accept, type Decoded, refuse} from './decoded.ts'
import {quote} from './quote.ts'

const MAX_REFERENCE = 255
const HINT = 'write [REGISTRY[:PORT]/]NAME[:TAG][@sha256:DIGEST], the name in lower case'

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const REGISTRY = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** An image reference by the grammar of the OCI distribution specification. */
export function decodeImage(text: string): Decoded<string> {
  return text.length <= MAX_REFERENCE && isReference(text)
    ? accept(text)
    : refuse('bad-image', `${quote(text)} is no image reference`, HINT)
}

function isReference(text: string): boolean {
  const [named = '', ...digests] = text.split('@')
  if (digests.length > 1 || digests.some((digest) => !DIGEST.test(digest))) return false
  // A colon behind the last slash starts the tag; one before it belongs to the registry's port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  if (colon !== -1 && !TAG.test(named.slice(colon + 1))) return false
  const [first = '', ...rest] = (colon === -1 ? named : named.slice(0, colon)).split('/')
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  if (isRegistry && !REGISTRY.test(first)) return false
  return (isRegistry ? rest : [first, ...rest]).every((component) => COMPONENT.test(component))
}

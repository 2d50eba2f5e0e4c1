/** What the server says (RFC 4511 §4), with lengths in the form of its product. */
import {context, contextPrimitive} from '../../../codecs/ber/tags.ts'
import {
  constructed,
  enumerated,
  integer,
  type LengthForm,
  octetString,
  sequence,
  set,
} from '../../../codecs/ber/writer.ts'
import {OPERATION} from './operations.ts'
import type {Outcome} from './results.ts'

const NO_MATCH = ''
const REFERRAL = context(3)
const SERVER_CREDENTIALS = contextPrimitive(7)
const RESPONSE_NAME = contextPrimitive(10)
const RESPONSE_VALUE = contextPrimitive(11)
const CONTROLS = context(0)
const NOTICE_OF_DISCONNECTION = '1.3.6.1.4.1.1466.20036'

export interface ReplyAttribute {
  readonly name: string
  readonly values: readonly (Buffer | string)[]
}

export interface ReplyControl {
  readonly oid: string
  readonly value: Buffer
}

export class Replies {
  readonly #form: LengthForm

  constructor(form: LengthForm) {
    this.#form = form
  }

  result(id: number, tag: number, outcome: Outcome, controls: readonly ReplyControl[] = []): Buffer {
    return this.#message(id, constructed(tag, this.#result(outcome), this.#form), controls)
  }

  bind(id: number, outcome: Outcome, credentials: Buffer | null = null): Buffer {
    const extra = credentials === null ? [] : [octetString(credentials, SERVER_CREDENTIALS)]
    return this.#message(id, constructed(OPERATION.BIND_RESPONSE, [...this.#result(outcome), ...extra], this.#form))
  }

  /** The response to a Sicily bind has the server's NTLM message in the place of the matched DN (MS-ADTS §5.1.1.1.3.1). */
  sicily(id: number, token: Buffer | string): Buffer {
    const parts = [enumerated(0), octetString(token), octetString('')]
    return this.#message(id, constructed(OPERATION.BIND_RESPONSE, parts, this.#form))
  }

  extended(id: number, outcome: Outcome, {name, value}: {name?: string; value?: string} = {}): Buffer {
    const parts = [
      ...this.#result(outcome),
      ...(name === undefined ? [] : [octetString(name, RESPONSE_NAME)]),
      ...(value === undefined ? [] : [octetString(value, RESPONSE_VALUE)]),
    ]
    return this.#message(id, constructed(OPERATION.EXTENDED_RESPONSE, parts, this.#form))
  }

  /** Unsolicited, before the server closes. */
  notice(outcome: Outcome): Buffer {
    return this.extended(0, outcome, {name: NOTICE_OF_DISCONNECTION})
  }

  entry(id: number, dn: string, attributes: readonly ReplyAttribute[]): Buffer {
    const form = this.#form
    const list = attributes.map(({name, values}) =>
      sequence(
        [
          octetString(name),
          set(
            values.map((value) => octetString(value)),
            form,
          ),
        ],
        form,
      ),
    )
    const body = [octetString(dn), sequence(list, form)]
    return this.#message(id, constructed(OPERATION.SEARCH_ENTRY, body, form))
  }

  reference(id: number, url: string): Buffer {
    return this.#message(id, constructed(OPERATION.SEARCH_REFERENCE, [octetString(url)], this.#form))
  }

  #result({code, matched = NO_MATCH, text = '', referral}: Outcome): Buffer[] {
    const urls = referral === undefined ? [] : [constructed(REFERRAL, [octetString(referral)], this.#form)]
    return [enumerated(code), octetString(matched), octetString(text), ...urls]
  }

  #message(id: number, operation: Buffer, controls: readonly ReplyControl[] = []): Buffer {
    const form = this.#form
    const list = controls.map(({oid, value}) => sequence([octetString(oid), octetString(value)], form))
    const tail = list.length === 0 ? [] : [constructed(CONTROLS, list, form)]
    return sequence([integer(id), operation, ...tail], form)
  }
}

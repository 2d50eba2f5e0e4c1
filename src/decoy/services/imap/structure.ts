/** ENVELOPE and BODYSTRUCTURE (RFC 3501 section 7.4.2). */
import {type Address, parseAddresses} from '../../mailbox/addresses.ts'
import {fieldValue, type HeaderField} from '../../mailbox/header-fields.ts'
import {linesOf, type Part} from '../../mailbox/mime.ts'
import {type MimeValue, parseMimeField} from '../../mailbox/mime-fields.ts'
import {nstring} from './responses.ts'

export function envelope(fields: readonly HeaderField[]): string {
  const value = (name: string): string | null => fieldValue(fields, name)
  const from = addresses(value('From'))
  const list = [
    nstring(value('Date')),
    nstring(value('Subject')),
    from,
    value('Sender') === null ? from : addresses(value('Sender')),
    value('Reply-To') === null ? from : addresses(value('Reply-To')),
    addresses(value('To')),
    addresses(value('Cc')),
    addresses(value('Bcc')),
    nstring(value('In-Reply-To')),
    nstring(value('Message-ID')),
  ]
  return `(${list.join(' ')})`
}

function addresses(value: string | null): string {
  const list = value === null ? [] : parseAddresses(value)
  return list.length === 0 ? 'NIL' : `(${list.map(shown).join('')})`
}

const shown = ({name, mailbox, domain}: Address): string =>
  `(${nstring(name)} NIL ${nstring(mailbox)} ${nstring(domain)})`

/** `extended`: BODYSTRUCTURE, which tells more than BODY. */
export function bodyStructure(raw: Buffer, part: Part, extended: boolean): string {
  if (part.multipart) return multipart(raw, part, extended)
  const value = (name: string): string | null => fieldValue(part.header.fields, name)
  const fields = [
    nstring(part.type),
    nstring(part.subtype),
    parameters(part.parameters),
    nstring(value('Content-ID')),
    nstring(value('Content-Description')),
    nstring(value('Content-Transfer-Encoding')?.trim() ?? '7bit'),
    String(part.to - part.from),
  ]
  if (part.inner !== null) fields.push(envelope(part.inner.header.fields), bodyStructure(raw, part.inner, extended))
  if (part.inner !== null || part.type.toLowerCase() === 'text') fields.push(String(linesOf(raw, part)))
  if (extended) fields.push(nstring(value('Content-MD5')), ...tail(value))
  return `(${fields.join(' ')})`
}

function multipart(raw: Buffer, part: Part, extended: boolean): string {
  const value = (name: string): string | null => fieldValue(part.header.fields, name)
  const children = part.children.map((child) => bodyStructure(raw, child, extended)).join('')
  const fields = [nstring(part.subtype), ...(extended ? [parameters(part.parameters), ...tail(value)] : [])]
  return `(${children} ${fields.join(' ')})`
}

/** Disposition, language, location. */
function tail(value: (name: string) => string | null): string[] {
  const disposition = value('Content-Disposition')
  const language = value('Content-Language')
  return [
    disposition === null ? 'NIL' : dispositionOf(parseMimeField(disposition)),
    language === null
      ? 'NIL'
      : `(${language
          .split(',')
          .map((each) => nstring(each.trim()))
          .join(' ')})`,
    nstring(value('Content-Location')),
  ]
}

const dispositionOf = ({value, parameters: list}: MimeValue): string => `(${nstring(value)} ${parameters(list)})`

function parameters(list: MimeValue['parameters']): string {
  if (list.length === 0) return 'NIL'
  return `(${list.map(([name, value]) => `${nstring(name)} ${nstring(value)}`).join(' ')})`
}

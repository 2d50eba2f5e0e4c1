import {unpackDirectory} from '../../../directory-archive.ts'
import type {Persona} from '../../../persona.ts'
import type {WebServerName} from '../products/names.ts'
import {modifiedAt} from './default-site.ts'
import {mediaType} from './media-types.ts'
import {type Document, Site} from './site.ts'

const INDEXES: Readonly<Record<WebServerName, readonly string[]>> = {
  nginx: ['index.html', 'index.htm'],
  apache: ['index.html'],
  iis: ['default.htm', 'default.asp', 'index.htm', 'index.html', 'iisstart.htm'],
}

/** The operator's own pages. Paths are compared as requests are decoded: one character a byte. */
export function operatorSite(product: WebServerName, persona: Persona, packed: string): Site {
  const documents = new Map<string, Document>()
  for (const [name, body] of unpackDirectory(packed)) {
    const path = Buffer.from(product === 'iis' ? name.toLowerCase() : name, 'utf8').toString('latin1')
    documents.set(path, {body, type: mediaType(name), modified: modifiedAt(path, persona, product)})
  }
  return new Site(documents, [], INDEXES[product])
}

/** What one decoy process is to play: written by an engine, read at the start of the process. JSON. */
import {gunzipSync, gzipSync} from 'node:zlib'

import type {OptionValues} from './definition.ts'
import type {PersonaFacts} from './persona.ts'

export interface Manifest {
  readonly v: 1
  /** One in a container, N in the embedded engine. */
  readonly deckies: readonly DeckyManifest[]
}

export interface DeckyManifest {
  /** Labels the evidence; never sent to a peer. */
  readonly name: string
  /** The address to bind. */
  readonly bind: string
  /** Absent: 0. Added to every port when it is bound, where the ports themselves may not be. */
  readonly portOffset?: number
  readonly persona: PersonaFacts
  readonly services: readonly ServiceManifest[]
}

export interface ServiceManifest {
  readonly name: string
  readonly ports: readonly {readonly port: number; readonly protocol: 'tcp' | 'udp'}[]
  readonly options: OptionValues
}

/** Linux refuses a single environment string of 128 KiB; larger manifests travel compressed. */
const PLAIN_LIMIT = 32 * 1024
const GZIP_PREFIX = 'gz:'

export function encodeManifest(manifest: Manifest): string {
  const json = JSON.stringify(manifest)
  return json.length <= PLAIN_LIMIT ? json : GZIP_PREFIX + gzipSync(json).toString('base64')
}

/** Throws SyntaxError when the text is no manifest: the writer is our own engine, so that is a bug. */
export function decodeManifest(text: string): Manifest {
  const json = text.startsWith(GZIP_PREFIX)
    ? gunzipSync(Buffer.from(text.slice(GZIP_PREFIX.length), 'base64')).toString('utf8')
    : text
  const manifest = JSON.parse(json) as Manifest
  if (manifest.v !== 1 || !Array.isArray(manifest.deckies)) throw new SyntaxError('not a manifest of version 1')
  return manifest
}

/** Images: how they are named, and what somebody who pulls one is shown. */
import {createHash} from 'node:crypto'

import type {Image} from './state.ts'

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `name[:tag]` with the tag that is meant where none is named; a digest stays as it is. */
export function reference(name: string, tag = ''): string {
  const bare = name.replace(/^docker\.io\/(?:library\/)?/, '')
  if (bare.includes('@')) return bare
  if (/:[^/]+$/.test(bare)) return bare
  return `${bare}:${tag === '' ? 'latest' : tag}`
}

/** distribution/reference: what an image may be called. */
export const isReference = (name: string): boolean =>
  name.length <= 300 &&
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?$/.test(
    name,
  )

/** What an image with this name would do when it is run without a command. */
function defaultCommand(name: string): string[] {
  if (/^(?:.*\/)?(?:alpine|busybox)\b/.test(name)) return ['/bin/sh']
  if (/^(?:.*\/)?(?:debian|ubuntu|centos|fedora|rockylinux|kalilinux|bash|python|node|amazonlinux)\b/.test(name))
    return ['bash']
  if (/^(?:.*\/)?hello-world\b/.test(name)) return ['/hello']
  return ['/entrypoint.sh']
}

/** An image that nobody here has heard of: what it is made of follows from its name. `seed` is the machine's own. */
export function pulledImage(name: string, seed: string, now: number): Image {
  const id = hash(`${seed} image ${name}`)
  const count = /alpine|busybox|hello-world/.test(name) ? 1 : 1 + (Number.parseInt(id.slice(0, 2), 16) % 6)
  const age = (10 + (Number.parseInt(id.slice(2, 4), 16) % 90)) * 86_400
  const megabytes =
    count === 1 ? 5 + (Number.parseInt(id.slice(4, 6), 16) % 4) : 40 + (Number.parseInt(id.slice(4, 7), 16) % 400)
  return {
    id: `sha256:${id}`,
    tags: name.includes('@') ? [] : [name],
    created: Math.floor(now / 1000) - age,
    size: megabytes * 1_000_000 + Number.parseInt(id.slice(8, 12), 16),
    layers: Array.from({length: count}, (_, index) => `sha256:${hash(`${id} layer ${index}`)}`),
    command: defaultCommand(name),
    entrypoint: null,
    environment: [PATH],
    ports: [],
    directory: '',
    digest: /@(sha256:.*)$/.exec(name)?.[1] ?? `sha256:${hash(`${id} digest`)}`,
  }
}

/** `name@sha256:…`, as `docker images --digests` has it. */
export function repoDigests({tags, digest}: Image): string[] {
  if (digest === null) return []
  return [...new Set(tags.map((tag) => tag.slice(0, tag.lastIndexOf(':'))))].map((name) => `${name}@${digest}`)
}

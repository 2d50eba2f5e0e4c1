import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, relative, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'

import {anchorsOf, linksOf} from './markdown.ts'
import {PAGES, ROOT, readPage} from './pages.ts'

/** What is wrong with a link, or null. Addresses of other sites are taken on trust: tests reach no network. */
function complaint(page: string, target: string): string | null {
  if (/^(?:https?|mailto):/.test(target)) return null
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? resolve(ROOT, page) : resolve(ROOT, dirname(page), path)
  if (relative(ROOT, file).startsWith('..')) return `${target} leads out of the repository`
  if (!existsSync(file)) return `${target} does not exist`
  if (anchor === undefined) return null
  if (!file.endsWith('.md') || !statSync(file).isFile()) return `${target}: only a page has headings`
  return anchorsOf(readFileSync(file, 'utf8')).has(anchor) ? null : `${target}: there is no such heading`
}

describe.each(PAGES)('%s', (page) => {
  it('has no dead link', () => {
    const dead = linksOf(readPage(page)).flatMap(({target, line}) => {
      const wrong = complaint(page, target)
      return wrong === null ? [] : [`${page}:${line}: ${wrong}`]
    })
    expect(dead).toEqual([])
  })
})

it('has no page that the README does not lead to', () => {
  const seen = new Set(['README.md'])
  for (const page of seen) {
    for (const {target} of linksOf(readPage(page))) {
      const path = relative(ROOT, resolve(ROOT, dirname(page), target.split('#')[0] ?? ''))
      if (PAGES.includes(path)) seen.add(path)
    }
  }
  expect(PAGES.filter((page) => !seen.has(page))).toEqual([])
})

it('says of every picture what it shows', () => {
  const without = PAGES.flatMap((page) =>
    [...readPage(page).matchAll(/!\[\s*\]\([^)]*\)|<img(?![^>]*\salt="[^"]+")[^>]*>/g)].map(
      ([tag]) => `${page}: ${tag}`,
    ),
  )
  expect(without).toEqual([])
})

const IMAGES = resolve(ROOT, 'docs/images')

describe.each(readdirSync(IMAGES))('docs/images/%s', (name) => {
  const svg = readFileSync(resolve(IMAGES, name), 'utf8')

  it('is readable on a light and on a dark page, and with a screen reader', () => {
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).toMatch(/<title[^>]*>[^<]+<\/title>/)
    expect(svg).toMatch(/<desc[^>]*>[^<]+<\/desc>/)
    expect(svg).toMatch(/<svg[^>]* role="img"/)
    expect(svg).toMatch(/<svg[^>]* viewBox="/)
  })

  it('loads nothing and runs nothing', () => {
    expect(svg).not.toMatch(/<script|<image|<foreignObject|\son\w+=|url\(\s*['"]?(?:https?:)?\/\//i)
    expect(svg.match(/https?:\/\/[^"']+/g)).toEqual(['http://www.w3.org/2000/svg'])
  })
})

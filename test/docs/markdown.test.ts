import {expect, it} from 'vitest'

import {anchorsOf, fencesOf, linksOf} from './markdown.ts'

const PAGE = [
  '# A `title`, with [a link](b.md)',
  '',
  'See [one](docs/one.md#two), ![a picture](p.svg) and `[no](link.md)`, or [what',
  'goes on](q.md).',
  '',
  '```ini fleet.ini',
  '[web](not-a-link.md)',
  '# not a heading',
  '```',
  '## Again',
  '1. A step:',
  '   ```sh',
  '   echo a',
  '     echo b',
  '   ```',
  '## Again',
  '````text',
  '```',
  '````',
].join('\n')

it('finds fenced blocks with their language, label and place', () => {
  expect(fencesOf(PAGE)).toEqual([
    {language: 'ini', label: 'fleet.ini', line: 6, text: '[web](not-a-link.md)\n# not a heading\n'},
    {language: 'sh', label: '', line: 12, text: 'echo a\n  echo b\n'},
    {language: 'text', label: '', line: 17, text: '```\n'},
  ])
  expect(() => fencesOf('```sh\nnever closed')).toThrow('line 1')
})

it('finds links and pictures outside of code', () => {
  expect(linksOf(PAGE)).toEqual([
    {target: 'b.md', line: 1},
    {target: 'docs/one.md#two', line: 3},
    {target: 'p.svg', line: 3},
    {target: 'q.md', line: 4},
  ])
})

it('names headings as GitHub does', () => {
  expect([...anchorsOf(PAGE)]).toEqual(['a-title-with-a-link', 'again', 'again-1'])
})

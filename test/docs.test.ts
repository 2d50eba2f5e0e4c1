import {expect, it} from 'vitest'

import {stalePages} from '../scripts/generate-docs.ts'

it('has no generated page that is older than its source', async () => {
  expect(await stalePages()).toEqual([])
})

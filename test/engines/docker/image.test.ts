import {execFileSync} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {imageReference, parseLdd} from '../../../src/engines/docker/image-recipe.ts'
import {tarStream} from '../../../src/engines/docker/tar.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const IMPORT = /POST \/images\/create/
const ensure = () => bench.engine.ensureImage(bench.within(20_000))

describe('the image', () => {
  it('is imported once, under a reference that follows its content', async () => {
    await ensure()
    expect(bench.engine.runtimeId).toMatch(/^decnet-decoy:[0-9a-f]{16}$/)
    expect([...bench.fake.state.images.keys()]).toEqual([bench.engine.runtimeId])
    const query = bench.fake.calls.find(({path}) => path === '/images/create')?.query
    expect(query?.get('fromSrc')).toBe('-')
    expect(query?.getAll('changes')).toContain('USER 65532')
    bench.fake.calls.length = 0
    await ensure()
    expect(bench.fake.changes()).toEqual([])
  })

  it('is retried when the connection breaks before it was made', async () => {
    bench.fake.fail({on: IMPORT, reset: 'before'})
    await ensure()
    expect(bench.fake.count(IMPORT)).toBe(2)
  })

  it('is found when only the answer was lost', async () => {
    bench.fake.fail({on: IMPORT, reset: 'after'})
    await ensure()
    expect(bench.fake.count(IMPORT)).toBe(1)
  })

  it('fails with "capacity" on a full disk, which is told inside the answer', async () => {
    bench.fake.state.importAnswer = '{"status":"x"}\r\n{"error":"write /x: no space left on device"}\r\n'
    expect(await failureOf(ensure())).toMatchObject({fault: 'capacity'})
  })

  it('is not made for an engine of another platform', async () => {
    bench.fake.arch = 's390x'
    expect(await failureOf(ensure())).toMatchObject({fault: 'refused', hint: expect.stringContaining('image')})
    expect(bench.fake.count(IMPORT)).toBe(0)
  })

  it('of the operator is used, never made and never removed', async () => {
    const engine = await bench.another({image: 'registry.corp/decoy:7'})
    expect(engine.runtimeId).toBe('registry.corp/decoy:7')
    expect(await failureOf(engine.ensureImage(bench.within()))).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('registry.corp/decoy:7'),
      hint: expect.stringContaining('docker pull'),
    })
    bench.fake.state.images.set('registry.corp/decoy:7', {})
    await engine.ensureImage(bench.within())
    await engine.removeImage(bench.within())
    expect(bench.fake.changes()).toEqual([])
  })

  it('stays while something uses it, and is gone already is fine', async () => {
    await ensure()
    bench.fake.fail({on: /DELETE \/images/, status: 409, text: 'conflict: unable to remove: container 12 is using it'})
    await bench.engine.removeImage(bench.within())
    expect(bench.steps).toContainEqual(expect.stringContaining('the image stays'))
    await bench.engine.removeImage(bench.within())
    await bench.engine.removeImage(bench.within())
    expect(bench.fake.state.images.size).toBe(0)
  })

  it('needs the decoy bundle', async () => {
    const failure = await failureOf(bench.another({bundleDirectory: '/nonexistent'}))
    expect(failure).toMatchObject({code: 'ENGINE_FAILED', hint: expect.stringContaining('npm run build')})
  })

  it('changes its name with either file', () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('b')]
    const names = [
      [a, a],
      [a, b],
      [b, a],
    ].map(([main = a, probe = a]) => imageReference({main, probe}))
    expect(new Set(names).size).toBe(3)
  })
})

describe('ldd output', () => {
  it("gives libraries and the loader, not the kernel's page", () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007f3d74f66000)',
      '\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f3d74c00000)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3d74a1e000)',
      '\tlibm.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3d74a1e000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f3d74f68000)',
      '',
    ].join('\n')
    expect(parseLdd(output)).toEqual([
      '/lib/x86_64-linux-gnu/libstdc++.so.6',
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ])
  })

  it('of musl gives its one file', () => {
    const output = '\t/lib/ld-musl-x86_64.so.1 (0x7f1)\n\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f1)\n'
    expect(parseLdd(output)).toEqual(['/lib/ld-musl-x86_64.so.1'])
  })

  it('with a missing library is an error', () => {
    expect(() => parseLdd('\tlibstdc++.so.6 => not found\n')).toThrow('missing')
  })
})

describe('the tar archive', () => {
  it('is read by tar as it was meant', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tar-test-'))
    try {
      const source = join(directory, 'source')
      await writeFile(source, 'x'.repeat(1_000))
      const stream = tarStream([
        {type: 'directory', path: 'tmp', mode: 0o1777},
        {type: 'file', path: 'etc/passwd', mode: 0o644, content: Buffer.from('root\n')},
        {type: 'copy', path: 'bin/node', mode: 0o755, source},
        {type: 'file', path: 'block', mode: 0o600, content: Buffer.alloc(512)},
      ])
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(Buffer.from(chunk))
      const listing = execFileSync('tar', ['-tv', '--numeric-owner'], {input: Buffer.concat(chunks)}).toString()
      expect(
        listing
          .trim()
          .split('\n')
          .map((line) => line.replace(/\s+/g, ' ').replace(/ 20\S+ \S+/, '')),
      ).toEqual([
        'drwxrwxrwt 0/0 0 tmp/',
        '-rw-r--r-- 0/0 5 etc/passwd',
        '-rwxr-xr-x 0/0 1000 bin/node',
        '-rw------- 0/0 512 block',
      ])
    } finally {
      await rm(directory, {recursive: true})
    }
  })

  it('refuses what its header cannot hold', async () => {
    const stream = tarStream([{type: 'file', path: 'x'.repeat(101), mode: 0o644, content: Buffer.alloc(0)}])
    await expect(stream.toArray()).rejects.toThrow('too long')
  })
})

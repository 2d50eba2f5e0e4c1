/** What running a file does that is not an emulated program. */
import type {Call, Program} from './command.ts'
import type {Shell} from './shell.ts'

/** A program that is installed and not emulated: it starts and has nothing to say. */
export const idle: Program = () => 0

export function searchPath(shell: Shell, name: string): string | null {
  const directories = shell.get('PATH').split(':').slice(0, 32)
  const {files} = shell.machine
  return (
    directories.map((directory) => `${directory}/${name}`).find((path) => files.exists(path, shell.account)) ?? null
  )
}

/** An uploaded file is executed: a script of ours to interpret, or a program that does nothing that can be seen. */
export async function runFile(call: Call, path: string): Promise<number> {
  const text = call.machine.files.read(path, call.account).toString('latin1')
  if (text.startsWith('\x7fELF')) {
    call.err(
      text.startsWith('\x7fELF\x02\x01')
        ? 'Segmentation fault\n'
        : `${path}: cannot execute binary file: Exec format error\n`,
    )
    return text.startsWith('\x7fELF\x02\x01') ? 139 : 126
  }
  return call.script(text, {fork: true})
}

import type {Manifest} from '../../../src/cli/completion/model.ts'

/** A command line with one of everything that completion has to deal with. */
export const MANIFEST: Manifest = {
  topics: [{name: 'config', description: "Read and change what's set: [all] of it."}],
  commands: [
    {
      id: 'status',
      summary: "Show the fleet: what's wanted [and runs].",
      strict: false,
      args: {deckies: {description: 'Names.'}},
      flags: {
        'detailed-exitcode': {type: 'boolean', summary: 'Exit 2.'},
        color: {type: 'boolean', summary: 'Colour.', allowNo: true},
        progress: {type: 'option', char: 'p', summary: 'How; `auto` or not.', options: ['auto', 'plain', 'json']},
        'state-dir': {type: 'option', summary: 'Directory.'},
        timeout: {type: 'option', summary: 'How long.'},
        secret: {type: 'option', summary: 'Not for you.', hidden: true},
      },
    },
    {
      id: 'plan',
      summary: 'Show the plan.',
      args: {file: {description: 'File.'}},
      flags: {json: {type: 'boolean', description: 'As JSON.'}},
    },
    {id: 'services', summary: 'Show services.', args: {name: {description: 'Name.'}}, flags: {}},
    {id: 'config:get', summary: 'Show one.', args: {name: {}}, flags: {}},
    {id: 'config:set', summary: 'Change one.', args: {name: {}, value: {}}, flags: {}},
    {id: 'completion', summary: 'Print.', args: {shell: {options: ['bash', 'zsh', 'fish']}}, flags: {}},
    {id: 'help', summary: 'Help.', strict: false, args: {command: {}}, flags: {}},
    {id: 'internal', summary: 'Not for you.', hidden: true},
  ],
}

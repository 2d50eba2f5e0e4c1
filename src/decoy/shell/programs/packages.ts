/** Package managers: there, and unable to reach a mirror. */
import type {Program, Programs} from '../command.ts'

const apt: Program = async ({args, account, shell, machine, out, err}) => {
  const [verb = ''] = args.filter((arg) => !arg.startsWith('-'))
  if (verb === '') {
    out('apt 2.6.1 (amd64)\nUsage: apt [options] command\n')
    return 0
  }
  if (account.uid !== 0) {
    err(
      'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n',
    )
    return 100
  }
  // A company's own mirror: what does not resolve here names no public host.
  const mirror = `mirror.${machine.persona.facts.domain ?? 'lan'}`
  if (verb === 'update') {
    await shell.sleep(2500)
    out(
      `Err:1 http://${mirror}/${machine.profile.id} ${machine.profile.codename ?? 'stable'} InRelease\n  Temporary failure resolving '${mirror}'\nReading package lists... Done\n`,
    )
    err(
      `W: Failed to fetch http://${mirror}/${machine.profile.id}/dists/${machine.profile.codename ?? 'stable'}/InRelease  Temporary failure resolving '${mirror}'\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n`,
    )
    return 0
  }
  out('Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n')
  const wanted = args.filter((arg) => !arg.startsWith('-')).slice(1)
  if (verb !== 'install' || wanted.length === 0) return 0
  for (const name of wanted) err(`E: Unable to locate package ${name}\n`)
  return 100
}

const rpmBased: Program = async ({name, args, account, shell, err}) => {
  if (account.uid !== 0) {
    err('Error: This command has to be run with superuser privileges (under the root user on most systems).\n')
    return 1
  }
  if (args.length === 0) return 1
  await shell.sleep(2500)
  err(
    `Error: Failed to download metadata for repo 'baseos': Cannot prepare internal mirrorlist: Curl error (6): Couldn't resolve host name\n`,
  )
  return name === 'rpm' ? 0 : 1
}

const apk: Program = async ({args, account, shell, err}) => {
  if (account.uid !== 0) {
    err('ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n')
    return 99
  }
  if (args.length === 0) return 1
  await shell.sleep(1500)
  err(
    'WARNING: opening from cache https://dl-cdn.alpinelinux.org/alpine/v3.19/main: No such file or directory\nERROR: unable to select packages\n',
  )
  return 1
}

export const PACKAGES: Readonly<Record<'debian' | 'redhat' | 'alpine' | 'arch', Programs>> = {
  debian: {apt, 'apt-get': apt, 'apt-cache': apt},
  redhat: {yum: rpmBased, dnf: rpmBased},
  alpine: {apk},
  arch: {
    pacman: ({err}) => {
      err('error: failed to synchronize all databases (failed to retrieve some files)\n')
      return 1
    },
  },
}

import type {ErrorCode} from '../../fleet/errors.ts'

/** What an error code means and what its reader can do; paragraphs of Markdown. */
export interface ErrorAdvice {
  readonly meaning: string
  readonly steps: readonly string[]
}

/** Every error code has an entry: one without does not compile. */
export const ERROR_ADVICE: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  USAGE: {
    meaning: 'The command line asks for something that does not exist or does not fit together. Nothing was done.',
    steps: [
      'Read the hint: it names the nearest word that exists.',
      '`decnet COMMAND --help` lists the flags and arguments of a command; [commands.md](commands.md) lists all of them.',
      'A flag that you did not type may come from the environment: see [environment.md](environment.md).',
      'About a Docker host: only `unix:///PATH` and `tcp://HOST:PORT` with TLS are accepted. For an Engine behind ssh, forward its socket first: `ssh -NL /tmp/docker.sock:/var/run/docker.sock HOST`.',
    ],
  },
  CONFIRM_REQUIRED: {
    meaning: 'The command would replace or remove deckies, and nobody can be asked because there is no terminal.',
    steps: [
      'Look at what it would do with `--dry-run`, then run it again with `--yes`.',
      'In a script, gate it: `decnet plan fleet.ini --replace-fleet --detailed-exitcode` exits 2 when there are changes.',
    ],
  },
  FLEET_FILE_INVALID: {
    meaning: 'The fleet file has errors. All of them are listed, each with its line; nothing was done.',
    steps: [
      'Each line names its problem by a code: [below](#problems-of-a-fleet-file) is what every code means.',
      '`decnet validate FILE` checks a file as often as you like; it needs neither Docker nor the state.',
    ],
  },
  FLEET_FILE_NOT_FOUND: {
    meaning: 'An input file is not there, is no regular file, or may not be read by you.',
    steps: [
      'Check the path: it is taken from the directory that you are in.',
      'A pipe or `/dev/stdin` is refused as a name; write `-` to read standard input.',
      'With `sudo`, relative paths and `~` are those of root.',
    ],
  },
  NAME_CONFLICT: {
    meaning: 'The file adds a decky whose name the fleet has already. Deploying adds by default, and never replaces.',
    steps: [
      'To make the file the whole fleet: `decnet deploy FILE --replace-fleet`.',
      'To keep both: rename the section.',
      'To replace one decky: `decnet teardown NAME`, then deploy.',
    ],
  },
  ADDRESS_CONFLICT: {
    meaning: 'The file fixes an IP or MAC address that another decky of the fleet has.',
    steps: ['`decnet status` shows who has it.', 'Choose another address, or leave `ip` out and one is chosen.'],
  },
  NETWORK_CONFLICT: {
    meaning:
      'The fleet lives on another subnet, gateway, interface or driver than the file or the flags say. One fleet has one network.',
    steps: [
      'Leave `net`, `gw`, `interface` and `driver` out of the file: an addition uses the network of the fleet.',
      'To move the whole fleet: `decnet deploy FILE --replace-fleet`; every decky is replaced.',
      'For a second network, keep a second state: `--state-dir DIRECTORY`.',
    ],
  },
  ENGINE_CONFLICT: {
    meaning: 'The fleet runs on another engine than the file or the flags say. One fleet has one engine.',
    steps: [
      'Leave `engine` out, or say `--replace-fleet` to move every decky.',
      'To try the other engine beside the fleet, give it a state of its own with `--state-dir`.',
    ],
  },
  LIMIT_EXCEEDED: {
    meaning: 'The fleet would have more deckies than the setting `deployment-limit` allows; 10 unless it was changed.',
    steps: [
      'Raise it deliberately: `decnet config set deployment-limit 60`.',
      'Check `amount` in the file: a zero too many is the usual cause.',
    ],
  },
  UNKNOWN_DECKY: {
    meaning: 'A decky was named that the fleet does not have.',
    steps: [
      '`decnet status` lists the names. A section with `amount = 3` makes `NAME-01` to `NAME-03`, and no `NAME`.',
      'Check that this is the right state: root and other users have different ones, see `DECNET_STATE_DIR`.',
    ],
  },
  DECLINED: {
    meaning: 'The question was answered with no, or not at all. Nothing was changed.',
    steps: ['Answer `y`, or say `--yes`.'],
  },
  TIMED_OUT: {
    meaning: 'Something took longer than its deadline. What became of it is not known until it is looked at.',
    steps: [
      '`decnet status` looks; running the same command again resumes.',
      'Give a slow machine more time with `--timeout 3m`, and work on fewer deckies at once with `--parallel 1`.',
      'If the Engine itself does not answer: `docker version` should return at once.',
    ],
  },
  ENGINE_UNAVAILABLE: {
    meaning:
      'The Docker Engine cannot be reached. What it runs is unknown, not gone: nothing is removed on that ground.',
    steps: [
      'Is it running? `systemctl status docker`; start it with `systemctl start docker`.',
      'Is it the right one? `DOCKER_HOST` decides, and is often set by another tool.',
      '`decnet doctor` checks all that a deployment needs.',
      'Without Docker, `--engine embedded` plays the fleet on loopback addresses of this machine.',
    ],
  },
  ENGINE_FAILED: {
    meaning: 'The engine was reached and refused or failed. Its own words are in the message.',
    steps: [
      'An address in use: something else on the host has it in a Docker network; `docker network inspect` shows whose it is.',
      'A parent interface in use: Docker allows one macvlan network for an interface; remove or reuse the other.',
      'No space left: `docker system df`.',
      'A decoy bundle that cannot be read: the installation is incomplete; reinstall, or `npm run build` in a checkout.',
      '`decnet lifecycle` shows which deckies failed, with the last lines of their containers.',
    ],
  },
  PLATFORM_UNSUPPORTED: {
    meaning: 'This machine cannot do what was asked: the message names what is missing.',
    steps: [
      'The decoy image is made from the Node that runs decnet, which needs Linux on the same architecture as the Engine. Elsewhere, make the image on such a machine and name it: `decnet config set image REFERENCE`.',
      'macvlan and ipvlan need an Engine on Linux itself: Docker Desktop keeps its LAN to itself.',
    ],
  },
  STATE_UNREADABLE: {
    meaning:
      'The state is damaged, from a newer version, not ours, or in a place that cannot be trusted with it. It was left as it is.',
    steps: [
      'From a newer version: update decnet. The state is never downgraded.',
      'Damaged: the state directory has a backup from before the last migration; put it in the place of `state.db` while no command runs.',
      'On NFS, SMB or FUSE: file locks and durable writes cannot be relied on; name a local directory with `--state-dir`.',
      'Disk full: free some space and run the command again; a commit is written whole or not at all.',
    ],
  },
  STATE_LOCKED: {
    meaning: 'Another command that changes the fleet is at work. The message says which, whose, and since when.',
    steps: [
      'Wait for it: `--lock-timeout 2m`.',
      'A lock dies with its process, also after SIGKILL: there is nothing to remove by hand. A stopped process (Ctrl-Z) keeps it; `fg` continues it.',
    ],
  },
  PERMISSION: {
    meaning:
      'The operating system refused: the state directory belongs to somebody else, or you may not use the Docker socket.',
    steps: [
      'Docker socket: run as root, or join the group `docker` (which makes you as good as root) and log in again.',
      'State directory: it must be yours and closed to others, mode 0700. A first run with `sudo` leaves one of root’s.',
    ],
  },
  INTERRUPTED: {
    meaning: 'Ctrl-C. What was under way was finished and recorded; what had not begun was not begun.',
    steps: [
      'Run the same command again: it continues.',
      'Twice Ctrl-C ends at once; the next command finds out what happened.',
    ],
  },
  TERMINATED: {
    meaning: 'SIGTERM or SIGHUP: a service manager or a closed terminal ended the command, in order.',
    steps: ['Run the same command again: it continues.', 'Under systemd, give it time: `TimeoutStopSec=90`.'],
  },
  INTERNAL: {
    meaning: 'A bug in decnet.',
    steps: [
      'Run it again with `DEBUG=*` and report what it prints, with `decnet --version --json`. Remove passwords first.',
      'The state is safe: it is committed before anything is done. `decnet status` shows where things stand.',
    ],
  },
}

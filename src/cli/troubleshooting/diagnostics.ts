import type {DiagnosticCode} from '../../fleet/diagnostic-codes.ts'

/** What a problem of a fleet file means and what to do; Markdown. */
export interface DiagnosticAdvice {
  readonly meaning: string
  readonly fix: string
}

/** Every code has an entry: one without does not compile. */
export const DIAGNOSTIC_ADVICE: Readonly<Record<DiagnosticCode, DiagnosticAdvice>> = {
  'file-too-large': {meaning: 'The file has more than 512 KiB.', fix: 'Write `amount = N` for deckies that are alike.'},
  'utf-16': {
    meaning: 'The file is UTF-16.',
    fix: 'Save it as UTF-8; Windows Notepad calls that "UTF-8", not "Unicode".',
  },
  'invalid-utf-8': {
    meaning: 'A byte sequence is not UTF-8, often an umlaut in an older encoding.',
    fix: 'Convert it: `iconv -f latin1 -t utf-8`.',
  },
  'lone-cr': {meaning: 'A carriage return stands without a line feed.', fix: 'End lines with LF or CRLF.'},
  nul: {meaning: 'The file contains a NUL: it is no text file.', fix: 'Check that it is the right file.'},
  'line-break': {
    meaning: 'A character that only some programs take for a line end.',
    fix: 'End lines with LF or CRLF.',
  },
  'line-too-long': {meaning: 'A line has more than 4096 characters.', fix: 'Split the list, or shorten the value.'},
  'control-character': {
    meaning: 'A control character, such as an escape code pasted from a terminal.',
    fix: 'Remove it.',
  },
  'more-problems': {
    meaning: 'There are more problems than are shown.',
    fix: 'Repair the first ones; the others are often their consequences.',
  },
  'backslash-continuation': {
    meaning: 'A value ends in a backslash, which other programs read as "continues below".',
    fix: 'Write the value on one line, or quote it.',
  },
  'empty-header': {meaning: 'A section header has no name: `[]`.', fix: 'Write `[name]`.'},
  'empty-item': {meaning: 'A list has a comma too many.', fix: 'Remove it.'},
  'empty-key': {meaning: 'A line begins with `=`.', fix: 'Write `key = value`.'},
  'empty-value': {
    meaning: 'A key has no value, or a comment starts where it should stand.',
    fix: 'Give it one, or remove the line; quote values that begin with `;` or `#`.',
  },
  'indented-line': {
    meaning: 'An indented line would continue the value above in other programs.',
    fix: 'Remove the indentation, and write lists on one line.',
  },
  'invisible-space': {
    meaning: 'A value begins or ends with a space that cannot be seen, often pasted from a web page.',
    fix: 'Type the value anew, or quote it.',
  },
  'junk-after-header': {
    meaning: 'Text follows the closing bracket of a section header.',
    fix: 'Start a comment with a blank and `;`.',
  },
  'key-outside-section': {
    meaning: 'A key stands above the first section.',
    fix: 'Put it below `[general]` or a decky.',
  },
  'missing-bracket': {meaning: 'A section header lacks a bracket.', fix: 'Write `[name]`.'},
  'missing-separator': {
    meaning: 'A line is neither a section, nor `key = value`, nor a comment.',
    fix: 'Write `key = value`.',
  },
  'padded-header': {
    meaning: 'A section header has blanks inside its brackets. They are ignored.',
    fix: 'Write `[name]`.',
  },
  'unclosed-quote': {
    meaning: 'A value opens with a quote and does not close it.',
    fix: 'Close it; use the other kind of quote where the value contains one.',
  },
  'bad-name': {
    meaning: 'A name has characters that names cannot have.',
    fix: 'Use letters, digits, `-`, `_` and `.`, with a letter or digit first.',
  },
  'duplicate-key': {meaning: 'A key stands twice in a section, perhaps in two spellings.', fix: 'Keep one.'},
  'duplicate-name': {
    meaning: 'Two sections make deckies of the same name, ignoring case.',
    fix: 'Rename one; remember that `amount` appends `-01`, `-02`.',
  },
  'duplicate-section': {meaning: 'A section stands twice.', fix: 'Merge the two.'},
  'name-too-long': {meaning: 'A name has more than 128 characters, with what `amount` appends.', fix: 'Shorten it.'},
  'no-deckies': {
    meaning: 'The file declares no decky.',
    fix: 'Add a section such as `[web-01]`. To remove a fleet: `decnet teardown --all`.',
  },
  'reserved-section': {
    meaning: 'The name of the section has a meaning in other INI programs.',
    fix: 'Choose another name.',
  },
  'too-many-items': {meaning: 'A list has more than 100 items.', fix: 'Shorten it; write ranges in `exclude`.'},
  'too-many-sections': {
    meaning: 'The file has more than 1000 sections.',
    fix: 'Write `amount = N` for deckies that are alike.',
  },
  'unknown-key': {
    meaning: 'There is no such key in this kind of section.',
    fix: 'See [fleet-file.md](fleet-file.md); options of a service stand in `[decky.service]`.',
  },
  'unknown-section': {
    meaning: 'A section is named like one with a meaning, but not quite.',
    fix: 'Write it as the hint says.',
  },
  'address-unusable': {
    meaning: 'A fixed address cannot be had on this network: it is the host’s own, the gateway, or excluded.',
    fix: 'Choose another, or leave `ip` out.',
  },
  'bad-address': {meaning: 'A value is no IPv4 address.', fix: 'Write four numbers from 0 to 255.'},
  'bad-gateway': {
    meaning: 'The gateway does not lie in the subnet, or is its network or broadcast address.',
    fix: 'Look at `ip route`: it stands behind `default via`.',
  },
  'bad-interface': {
    meaning: 'A value is no interface name, or one that the engine cannot use.',
    fix: '`ip link` lists them; deckies need the one with the LAN behind it.',
  },
  'bad-net': {meaning: 'A value is no IPv4 subnet.', fix: 'Write it as `192.168.1.0/24`.'},
  'bad-range': {
    meaning: 'An address range cannot be read, or runs backwards.',
    fix: 'Write `192.168.1.100-192.168.1.150`.',
  },
  'duplicate-ip': {meaning: 'Two deckies have the same IP.', fix: 'Change one, or leave both out.'},
  'exclude-outside-net': {
    meaning: 'Part of `exclude` lies outside the subnet and excludes nothing.',
    fix: 'Check it for slips.',
  },
  'ip-excluded': {meaning: 'A decky has an address that `[general]` excludes.', fix: 'Choose another address.'},
  'ip-is-gateway': {meaning: 'A decky has the address of the gateway.', fix: 'Choose another address.'},
  'ip-outside-net': {
    meaning: 'A decky has an address outside the subnet, or its network or broadcast address.',
    fix: 'Choose an address of the subnet.',
  },
  'net-host-bits': {
    meaning: 'The subnet is written with the address of a machine in it.',
    fix: 'Write it as the hint says: `192.168.1.0/24`, not `192.168.1.7/24`.',
  },
  'net-too-large': {meaning: 'The subnet is larger than any LAN.', fix: 'Check the prefix: `/24` has 254 addresses.'},
  'net-too-small': {
    meaning: 'The subnet has no room for a gateway and a decky.',
    fix: 'Check the prefix: `/24` has 254 addresses.',
  },
  'no-addresses': {
    meaning: 'The subnet has fewer free addresses than deckies need.',
    fix: 'Use a larger `net`, exclude less, or deploy fewer.',
  },
  'unknown-driver': {
    meaning: 'There is no such driver.',
    fix: 'Write `macvlan`, or `ipvlan` where only one MAC address is allowed.',
  },
  'unknown-engine': {meaning: 'There is no such engine.', fix: 'Write `docker` or `embedded`.'},
  'unusable-address': {
    meaning: 'An address belongs to a range that no machine of a LAN has, or that only the other engine can use.',
    fix: 'Choose an address of your LAN; loopback needs `engine = embedded`.',
  },
  'unusable-net': {
    meaning: 'A subnet that no LAN uses, or that only the other engine can use.',
    fix: 'Use the subnet of your LAN; loopback needs `engine = embedded`.',
  },
  'amount-conflict': {
    meaning: 'Several deckies cannot share one `ip`, `mac` or `hostname`.',
    fix: 'Remove the key, or write one section for each decky.',
  },
  'amount-too-large': {meaning: 'A section may make at most 100 deckies.', fix: 'Write several sections.'},
  'bad-amount': {meaning: 'The amount is no whole number from 1 to 100.', fix: 'Write one.'},
  'bad-domain': {meaning: 'A value is no DNS domain.', fix: 'Write it as `corp.example`.'},
  'bad-hostname': {meaning: 'A value is no host name.', fix: 'Use letters, digits and inner hyphens, at most 64.'},
  'bad-interval': {meaning: 'A value is no interval.', fix: 'Write `30m`, `2h`, `1d`, plain minutes, or `off`.'},
  'bad-log-file': {meaning: 'The log file is a directory.', fix: 'Name a file in it.'},
  'bad-mac': {
    meaning: 'A value is no MAC address of one machine.',
    fix: 'Write six hexadecimal pairs, the first of them even.',
  },
  'duplicate-hostname': {
    meaning: 'Two deckies call themselves the same. It is allowed, and conspicuous.',
    fix: 'Change one, or leave it out.',
  },
  'duplicate-mac': {
    meaning: 'Two deckies have the same MAC: only one of them would be reachable.',
    fix: 'Change one, or leave it out.',
  },
  'os-contradicts-distro': {meaning: 'The distro does not run on the OS.', fix: 'Remove one of the two.'},
  'unknown-archetype': {meaning: 'There is no such archetype.', fix: '`decnet archetypes` lists them.'},
  'unknown-distro': {meaning: 'There is no such distro.', fix: '`decnet distros` lists them.'},
  'unknown-host': {meaning: 'The decky is pinned to a host that is not enrolled.', fix: 'Enrol it, or remove `host`.'},
  'unknown-os': {meaning: 'There is no such OS profile.', fix: 'Write one of those that the hint names.'},
  'bad-image': {meaning: 'A value is no image reference.', fix: 'Write it as `registry.example/name:tag`.'},
  'bad-build': {
    meaning: 'The directory that a custom service is to be built from cannot be used.',
    fix: 'Put a Dockerfile and what it needs into a directory beside the fleet file, and name it.',
  },
  'bad-option-name': {
    meaning: 'The option of a custom service cannot become an environment variable.',
    fix: 'Use letters, digits, `-` and `_`, with a letter first.',
  },
  'bad-option-value': {
    meaning: 'The option refuses this value.',
    fix: 'The hint says what it expects; `decnet services NAME` says more.',
  },
  'bad-port': {meaning: 'A value is no port.', fix: 'Write `502` or `161/udp`.'},
  'duplicate-item': {meaning: 'An item stands twice in a list. It counts once.', fix: 'Remove one.'},
  'engine-mismatch': {
    meaning: 'The file asks for what the chosen engine has not: containers, or a LAN.',
    fix: 'Leave it out, or choose the other engine.',
  },
  'missing-binary': {meaning: 'A custom service names no image.', fix: 'Add `binary = IMAGE`.'},
  'needless-service': {
    meaning: 'The name of a service in older fleet files, whose work needs none here.',
    fix: 'Remove it from `services`.',
  },
  'open-quote': {
    meaning: 'A quote in a command line is never closed.',
    fix: 'Close it; quote the whole value where it contains a blank before `;` or `#`.',
  },
  'option-conflict': {
    meaning: 'Two options of one service contradict each other, or what the machine is: it could not start.',
    fix: 'Change the one that is shown; the hint says what would be right.',
  },
  'option-without-effect': {
    meaning: 'An option changes what another option switches off. It is allowed.',
    fix: 'Switch it on, or remove the option.',
  },
  'orphan-options': {
    meaning: 'A section holds options for a decky that the file does not have.',
    fix: 'Check its name for slips.',
  },
  'port-clash': {
    meaning: 'Two services of one decky, or one service for two purposes, listen on the same port.',
    fix: 'Move one with its port option, or give the service to another decky.',
  },
  'service-not-offered': {
    meaning: 'A section holds options of a service that the decky does not offer.',
    fix: 'Add the service to `services`, or remove the section.',
  },
  'shadowed-service': {meaning: 'A custom service has the name of a built-in one.', fix: 'Rename it.'},
  'unknown-option': {meaning: 'The service has no such option.', fix: '`decnet services NAME` lists them.'},
  'unknown-service': {
    meaning: 'There is no such service.',
    fix: '`decnet services` lists them; separate several with commas.',
  },
  'unused-custom-service': {meaning: 'No decky offers the custom service.', fix: 'Add it to the `services` of one.'},
}

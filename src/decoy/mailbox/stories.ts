/** What the mails say: lures among what fills a box on any working day. */
import type {Mailbox} from '../persona/mailboxes.ts'
import type {Company} from './company.ts'
import {OFFICE_STORIES} from './office-stories.ts'
import type {Story} from './story.ts'

const signed = (company: Company, {name, title}: Mailbox): string =>
  `-- \n${name}${title === undefined ? '' : `\n${title}`}\n${company.host('www')}\n`

const vpn: Story = (company, owner) => ({
  from: company.administrator,
  subject: 'VPN access from home',
  text: `Hi ${company.given(owner)},

your VPN account is ready. Download the profile from
https://${company.host('vpn')}/ and sign in with

  gateway:  ${company.host('vpn')}
  user:     ${owner.user}
  password: ${company.password(`vpn ${owner.user}`)}

Please change the password after the first login. If the client asks for a
group, take "staff".

${signed(company, company.administrator)}`,
  answer: `Works, thank you. I will change the password next week when I am back
in the office.
`,
})

const passwordReset: Story = (company, owner, index) => ({
  from: {name: 'IT Service Desk', user: 'support'},
  subject: `[Ticket #${48_000 + index * 3}] Password reset`,
  text: `Dear ${company.given(owner)},

as requested your password for ${company.windowsDomain}\\${owner.user} has been reset.

  temporary password: ${company.password(`reset ${owner.user}`)}

You will be asked for a new one when you sign in at ${company.controller}.
The temporary password is valid for the file server and webmail as well.

IT Service Desk
`,
})

const backupAccount: Story = (company) => ({
  from: company.administrator,
  subject: 'Backup account for the NAS',
  text: `Hello,

the nightly backup writes to ${company.server('nas01')} (${company.ip('nas')}) again.
Account for everybody who has to restore files:

  \\\\${company.server('nas01')}\\backup
  ${company.windowsDomain}\\svc_backup  /  ${company.password('backup')}

Restore only, please do not delete anything there.

${signed(company, company.administrator)}`,
  answer: `Thanks, found the file from last week.
`,
})

const database: Story = (company) => {
  const from = company.someone('Operations', 'database')
  return {
    from,
    cc: [company.administrator],
    subject: `${company.project}: access to the reporting database`,
    text: `Hi,

for the ${company.project} report you need the read-only account:

  host:     ${company.server('sql01')}:5432
  database: ${company.project.toLowerCase()}_reporting
  user:     reporting
  password: ${company.password('reporting')}

The migration is planned for the weekend, so please export before Friday.

${signed(company, from)}`,
  }
}

const wifi: Story = (company) => ({
  from: company.administrator,
  subject: 'New guest WLAN key',
  text: `All,

the key of the guest WLAN changes today:

  SSID: ${company.windowsDomain}-Guest
  key:  ${company.password('wlan')}

The internal WLAN keeps using your Windows password.

${signed(company, company.administrator)}`,
})

const jumpHost: Story = (company, owner) => ({
  from: company.administrator,
  subject: 'SSH jump host',
  text: `Hi ${company.given(owner)},

logins to the servers go through ${company.server('jump01')} (${company.ip('jump')}) from
Monday on. Your account exists already, password as on the old one. Root on
the old hosts is still ${company.password('root')} until we have rolled out the keys,
please keep that to yourself.

  ssh -J ${owner.user}@${company.server('jump01')} root@${company.server('web01')}

${signed(company, company.administrator)}`,
  answer: `Got it. Will the old host stay up until the end of the month?
`,
})

const cron: Story = (company, _owner, index) => ({
  from: {name: 'root', user: 'root'},
  subject: `Cron <root@${company.server('app01').split('.')[0]}> /opt/scripts/backup.sh`,
  text: `mysqldump: [Warning] Using a password on the command line interface can be insecure.
dumping ${company.project.toLowerCase()} (${2100 + index * 7} rows)
rsync: connection to ${company.ip('nas')} succeeded
sent ${(310_000 + index * 4711).toLocaleString('en-US')} bytes  received 1,204 bytes
done
`,
})

const credentialSheet: Story = (company) => {
  const rows = [
    'system;address;user;password',
    `firewall;https://${company.ip('firewall')}:4443;admin;${company.password('firewall')}`,
    `switch core;${company.ip('switch')};admin;${company.password('switch')}`,
    `hypervisor;https://${company.server('esx01')};root;${company.password('esx')}`,
    `printer 2nd floor;http://${company.ip('printer')};admin;${company.password('printer')}`,
    `backup;${company.server('nas01')};svc_backup;${company.password('backup')}`,
  ]
  return {
    from: company.administrator,
    subject: 'Handover list',
    text: `As discussed, the list for the time I am away. Please delete the mail
when you have printed it.

${signed(company, company.administrator)}`,
    attachment: {name: 'access-list.csv', type: 'text/csv', data: Buffer.from(`${rows.join('\r\n')}\r\n`)},
    answer: `Thanks, saved. Enjoy your holidays!
`,
  }
}

const certificate: Story = (company) => ({
  from: {name: 'root', user: 'root'},
  subject: `Certificate of ${company.host('vpn')} expires in 14 days`,
  text: `The certificate of ${company.host('vpn')} (${company.ip('vpn')}) expires in 14 days.
Renew it on ${company.server('app01')} with /opt/scripts/renew.sh
`,
})

const multiFactor: Story = (company, owner) => ({
  from: {name: 'IT Service Desk', user: 'support'},
  subject: 'Second factor for remote access',
  text: `Dear ${company.given(owner)},

remote access asks for a second factor soon. Until your token has arrived the
following one-time codes are valid, each once:

  ${company.number(`code a ${owner.user}`, 100_000, 999_999)}  ${company.number(`code b ${owner.user}`, 100_000, 999_999)}  ${company.number(`code c ${owner.user}`, 100_000, 999_999)}

Portal: https://${company.host('portal')}/mfa

IT Service Desk
`,
})

const LURES: readonly Story[] = [
  vpn,
  passwordReset,
  backupAccount,
  database,
  wifi,
  jumpHost,
  cron,
  credentialSheet,
  certificate,
  multiFactor,
]

/** One after the other: a box that holds as many mails as there are stories holds each once. */
export const STORIES: readonly Story[] = OFFICE_STORIES.flatMap((story, index) => {
  const lure = LURES[index]
  return lure === undefined ? [story] : [story, lure]
})

/** What departments keep on their shares. `{year}` and `{month}` are those of the file's last change. */

export interface Theme {
  readonly name: string
  readonly comment: string
  /** Share names that it fits. */
  readonly words: RegExp
  /** Paths, `/` between folders. */
  readonly files: readonly string[]
}

export const THEMES: readonly Theme[] = [
  {
    name: 'Finance',
    comment: 'Finance department',
    words: /financ|account|buchhalt|payroll|invoice|contab/i,
    files: [
      'Budget {year}.csv',
      'Bank accounts.csv',
      'Invoices/{year}/Invoices {year}-{month}.csv',
      'Invoices/{year}/Reminders {year}-{month}.csv',
      'Payroll/Payroll {year}-{month}.csv',
      'Payroll/Export to bank.ps1',
      'Reports/Quarter report {year}.txt',
      'erp-connection.ini',
    ],
  },
  {
    name: 'HR',
    comment: 'Human resources',
    words: /^hr$|human|personal|person|staff/i,
    files: [
      'Employees {year}.csv',
      'Salaries {year}.csv',
      'Applications/Applicants {year}-{month}.csv',
      'Contracts/Template.txt',
      'Onboarding/First day accounts.csv',
      'Onboarding/Checklist.txt',
    ],
  },
  {
    name: 'IT',
    comment: 'IT department',
    words: /^it$|^edv$|admin|software|install|tools|deploy/i,
    files: [
      'Accounts and passwords.txt',
      'Network plan.csv',
      'Servers {year}.csv',
      'Scripts/backup-servers.ps1',
      'Scripts/create-user.ps1',
      'Scripts/map-drives.cmd',
      'Deployment/unattend.xml',
      'Deployment/join-domain.ps1',
      'VPN/site-to-site.conf',
      'VPN/remote-access.ovpn',
      'Tickets/Export {year}-{month}.csv',
    ],
  },
  {
    name: 'Projects',
    comment: 'Project files',
    words: /project|projekt|team|public|common|share|daten|data/i,
    files: [
      'Overview {year}.csv',
      'Contacts.csv',
      'Migration/Plan.txt',
      'Migration/Cutover {year}-{month}.txt',
      'Migration/connection.ini',
      'Archive/{year}/Minutes {year}-{month}.txt',
      'Archive/{year}/Costs {year}.csv',
    ],
  },
  {
    name: 'Backup',
    comment: 'Server backups',
    words: /backup|sicherung|archiv|dump|nas/i,
    files: [
      'backup.log',
      'rotate.ps1',
      'databases/crm-{year}-{month}.sql',
      'databases/intranet-{year}-{month}.sql',
      'config/firewall-{year}-{month}.conf',
      'config/switches-{year}-{month}.conf',
    ],
  },
  {
    name: 'Sales',
    comment: 'Sales and marketing',
    words: /sales|market|vertrieb|crm/i,
    files: [
      'Customers {year}.csv',
      'Price list {year}.csv',
      'Offers/{year}/Offer {year}-{month}.txt',
      'Forecast {year}.csv',
      'crm-import.ini',
    ],
  },
]

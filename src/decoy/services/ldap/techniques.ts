/** What intruders look for in a directory, told by the filters and attributes of their tools. */

interface Technique {
  readonly name: string
  /** Over the filter's text in lower case. */
  readonly filter?: RegExp
  /** Over the names of wanted attributes in lower case. */
  readonly attribute?: RegExp
}

const TECHNIQUES: readonly Technique[] = [
  {name: 'kerberoast', filter: /\(serviceprincipalname=\*/},
  {name: 'as-rep-roast', filter: /useraccountcontrol:1\.2\.840\.113556\.1\.4\.803:=4194304\b/},
  {name: 'unconstrained-delegation', filter: /useraccountcontrol:1\.2\.840\.113556\.1\.4\.803:=524288\b/},
  {name: 'constrained-delegation', filter: /msds-allowedtodelegateto=|msds-allowedtoactonbehalfofotheridentity=/},
  {name: 'password-not-required', filter: /useraccountcontrol:1\.2\.840\.113556\.1\.4\.803:=32\b/},
  {name: 'privileged-accounts', filter: /\(admincount=1\)/},
  {name: 'laps', filter: /ms-mcs-admpwd|mslaps-/, attribute: /^(ms-mcs-admpwd|mslaps-)/},
  {name: 'managed-passwords', filter: /msds-groupmanagedserviceaccount/, attribute: /^msds-managedpassword$/},
  {name: 'certificate-services', filter: /pkienrollmentservice|pkicertificatetemplate/},
  {name: 'domain-trusts', filter: /objectc(lass|ategory)=trusteddomain/},
  {
    name: 'bloodhound',
    filter:
      /samaccounttype=805306368\)\(samaccounttype=805306369|\(samaccounttype=268435456\)\(samaccounttype=268435457/,
    attribute: /^(ntsecuritydescriptor|msds-groupmsamembership)$/,
  },
]

/** Names of what the search is known to serve; empty for an ordinary one. */
export function techniquesOf(filter: string, attributes: readonly string[]): string[] {
  const text = filter.toLowerCase()
  const names = attributes.map((name) => name.toLowerCase())
  return TECHNIQUES.filter(
    (technique) =>
      technique.filter?.test(text) === true || names.some((name) => technique.attribute?.test(name) === true),
  ).map(({name}) => name)
}

/** What `nmap -sV` names each port of each archetype. */
export const ARCHETYPE_PRODUCTS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {}

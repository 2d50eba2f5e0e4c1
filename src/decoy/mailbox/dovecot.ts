/**
 * Dovecot as distributions package it: what it calls itself, which capabilities that version lists, and its TLS. Recorded
 * from 2.3.19.1 of Debian 12; the other lists are what those versions announce.
 */
import {versionOf} from '../persona/products.ts'
import type {Persona} from '../persona.ts'
import type {TlsProfile} from '../tls/profile.ts'
import {tlsProfile, usualStack} from '../tls/stacks.ts'

export interface Dovecot {
  /** `2.3.19.1`. */
  readonly version: string
  /** `Dovecot (Debian) ready.` */
  readonly greeting: string
  /** IMAP before a login, without what depends on TLS. */
  readonly before: string
  /** IMAP after it. */
  readonly after: string
}

/** Debian and Ubuntu patch their names into the greeting. */
const PACKAGERS: Readonly<Record<string, string>> = {
  debian: 'Debian',
  kali: 'Debian',
  ubuntu20: 'Ubuntu',
  ubuntu22: 'Ubuntu',
}

const SINCE_2_3 = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE'
const UP_TO_2_2 = 'IMAP4rev1 LITERAL+ SASL-IR LOGIN-REFERRALS ID ENABLE IDLE'
const SORTING =
  'SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT ' +
  'CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN ' +
  'CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY'

export function dovecotOf(persona: Persona, version: string | null = null, greeting: string | null = null): Dovecot {
  const claimed = version ?? versionOf(persona, 'dovecot')
  const packager = PACKAGERS[persona.facts.distro]
  return {
    version: claimed,
    greeting: greeting ?? (packager === undefined ? 'Dovecot ready.' : `Dovecot (${packager}) ready.`),
    ...capabilities(claimed),
  }
}

function capabilities(version: string): {before: string; after: string} {
  const [major = 2, minor = 3, patch = 0] = version.split('.').map(Number)
  if (major === 2 && minor < 3) return {before: UP_TO_2_2, after: `${UP_TO_2_2} ${SORTING} SPECIAL-USE`}
  // PREVIEW without its argument, STATUS=SIZE and SAVEDATE came with 2.3.11.
  const newer = patch >= 11 ? ' PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE' : ' PREVIEW=FUZZY'
  return {
    before: `${SINCE_2_3} LITERAL+`,
    after: `${SINCE_2_3} ${SORTING}${newer} LITERAL+ NOTIFY SPECIAL-USE`,
  }
}

/** `ssl_cipher_list` of 2.3: no key exchange by RSA. */
const CIPHERS =
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:' +
  'ALL:!kRSA:!SRP:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH'

/** Cheap: the certificate is the machine's usual one, as Debian links it. */
export function dovecotTls(persona: Persona, {version}: Dovecot): TlsProfile {
  // Red Hat's package leaves the ciphers to the system's policy.
  if (version.startsWith('2.2') || usualStack(persona) === 'openssl-red-hat') return tlsProfile(persona)
  const level = /debian|ubuntu|kali/.test(persona.facts.distro) ? 2 : 1
  const ciphers = `${CIPHERS}:@STRENGTH:@SECLEVEL=${level}`
  return tlsProfile(persona, {settings: {minVersion: 'TLSv1.2', ciphers}})
}

/** Whatever a client of another protocol says first. */
export const FOREIGN = /^(?:GET|HEAD|POST|PUT|OPTIONS|CONNECT) \S+ (?:HTTP|RTSP|SIP)\/|^(?:EHLO|HELO) |^SSH-|^\x16\x03/
/** What the login processes buffer of a line, and of a SASL response. */
export const LOGIN_LINE = 1024
export const SASL_LINE = 8192

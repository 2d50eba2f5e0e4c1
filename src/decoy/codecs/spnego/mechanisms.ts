/** Object identifiers of GSS-API mechanisms that Windows offers and accepts. */
export const MECHANISM = {
  SPNEGO: '1.3.6.1.5.5.2',
  NTLMSSP: '1.3.6.1.4.1.311.2.2.10',
  /** Kerberos with a digit too many, as Windows 2000 wrote it and all its successors still do (MS-SPNG §3.1.5.1). */
  MS_KRB5: '1.2.840.48018.1.2.2',
  KRB5: '1.2.840.113554.1.2.2',
  KRB5_USER_TO_USER: '1.2.840.113554.1.2.2.3',
  NEGOEX: '1.3.6.1.4.1.311.2.2.30',
} as const

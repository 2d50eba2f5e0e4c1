/** The products this service can be taken for; apart from their code, because the CLI validates options by them. */
export const PRODUCTS = ['nginx', 'apache', 'iis'] as const
export type ProductName = (typeof PRODUCTS)[number]

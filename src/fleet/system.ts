/** What is certain of a decky's machine before anything is drawn. */
import type {Catalog, Options, OsName} from './catalog.ts'
import type {DeckySpec} from './spec.ts'

type System = Pick<DeckySpec, 'os' | 'distro' | 'archetype'>

export function osOf({os, distro, archetype}: System, {distros, archetypes}: Catalog): OsName {
  return os ?? distros.get(distro ?? '')?.os ?? archetypes.get(archetype ?? '')?.os ?? 'linux'
}

/** The options of an archetype belong to its system: no IIS on a Linux machine that is called a Windows server. */
export function archetypeOptions(system: System, catalog: Catalog): Readonly<Record<string, Options>> {
  const archetype = catalog.archetypes.get(system.archetype ?? '')
  return (archetype?.os === osOf(system, catalog) ? archetype.options : undefined) ?? {}
}

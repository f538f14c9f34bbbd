import { useSuspenseQuery } from '@tanstack/react-query'
import type { ModuleOut } from '@/api/generated'
import { listModulesOptions } from '@/api/generated/@tanstack/react-query.gen'

const byName = ({ items }: { items: ModuleOut[] }) => new Map(items.map(module => [module.name, module]))

/** Every module by its name. */
export function useModules(): ReadonlyMap<string, ModuleOut> {
  return useSuspenseQuery({ ...listModulesOptions(), select: byName, staleTime: 300_000 }).data
}

import type { ModuleOut } from '@/api/generated'

export const TYPES = ['extractor', 'transformer', 'loader'] as const
type Type = (typeof TYPES)[number]
type Found = Pick<ModuleOut, 'type' | 'display_name' | 'description' | 'category' | 'tags' | 'is_active'>

/** The modules that all words fit, by type; those whose name fits stand before those that are only described so. */
export function foundIn<M extends Found>(modules: readonly M[], search: string): Record<Type, M[]> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const isNamed = (module: M) => words.every(word => module.display_name.toLowerCase().includes(word))
  const found = modules.filter(module => {
    const about =
      `${module.display_name} ${module.description} ${module.category} ${module.tags.join(' ')}`.toLowerCase()
    return module.is_active && words.every(word => about.includes(word))
  })
  const ordered = [...found.filter(isNamed), ...found.filter(module => !isNamed(module))]
  const of = (type: Type) => ordered.filter(module => module.type === type)
  return { extractor: of('extractor'), transformer: of('transformer'), loader: of('loader') }
}

/** The one that Enter adds: the first whose name fits, else the first of all. */
export function firstIn<M extends Found>(groups: Record<Type, M[]>, search: string): M | undefined {
  const all = TYPES.flatMap(type => groups[type])
  const wanted = search.trim().toLowerCase()
  return all.find(module => module.display_name.toLowerCase().includes(wanted)) ?? all[0]
}

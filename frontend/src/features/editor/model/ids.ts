/** An id that is not taken: the module's stem and a number, since people meet it in Airflow as the task's name. */
export function freshId(stem: string, taken: ReadonlySet<string>): string {
  const base = stem.replace(/-(extractor|transformer|loader)$/, '').replaceAll('-', '_')
  for (let number = 1; ; number += 1) {
    const id = `${base}_${number}`
    if (!taken.has(id)) return id
  }
}

export function edgeId(source: string, target: string, targetHandle: string | null | undefined): string {
  return `${source}-${target}${targetHandle ? `-${targetHandle}` : ''}`
}

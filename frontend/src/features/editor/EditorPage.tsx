import { PageLoader } from '@/components/PageLoader'

/** One pipeline, drawn. */
export function Component() {
  return <PageLoader />
}

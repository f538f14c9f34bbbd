import { Center, Loader } from '@mantine/core'
import { strings } from '@/strings'

/** While a page's code, or the session, is on its way. */
export function PageLoader() {
  return (
    <Center mih="60vh" role="status" aria-label={strings.shell.loading}>
      <Loader type="dots" />
    </Center>
  )
}

import { Alert } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { WifiOff } from 'lucide-react'
import { strings } from '@/strings'

/** While the browser has no network. */
export function OfflineNotice() {
  const { online } = useNetwork()
  if (online) return null
  return (
    <Alert color="yellow" variant="light" radius={0} icon={<WifiOff size={18} />} role="status">
      {strings.shell.offline}
    </Alert>
  )
}

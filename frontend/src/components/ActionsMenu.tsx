import { ActionIcon, Menu } from '@mantine/core'
import { EllipsisVertical } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = {
  /** Names what the actions are for. */
  label: string
  width: number
  isBusy?: boolean
  /** Its `Menu.Item`s. */
  children: ReactNode
}

/** Three dots, and behind them what can be done with one thing. */
export function ActionsMenu({ label, width, isBusy, children }: Props) {
  return (
    <Menu position="bottom-end" shadow="md" width={width}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} loading={isBusy}>
          <EllipsisVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}

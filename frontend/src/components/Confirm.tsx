import { Button, Group, Modal, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { strings } from '@/strings'

type Props = {
  isOpen: boolean
  title: string
  children: ReactNode
  action: string
  isBusy?: boolean
  color?: string
  onConfirm: () => void
  onClose: () => void
}

/** Asks before what cannot be undone; the focus begins on the way back. */
export function Confirm({ isOpen, title, children, action, isBusy, color = 'red', onConfirm, onClose }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} centered>
      <Text component="div" size="sm">
        {children}
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {strings.actions.cancel}
        </Button>
        <Button color={color} onClick={onConfirm} loading={isBusy}>
          {action}
        </Button>
      </Group>
    </Modal>
  )
}

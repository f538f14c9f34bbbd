import { Modal, Text } from '@mantine/core'
import { strings } from '@/strings'
import { SignInForm } from './SignInForm'
import { signedOut, useSessionStatus } from './store'

const text = strings.session

/** Over the page when the session has ended: the requests that failed wait, and go on after the sign-in. */
export function SignInDialog() {
  const isOver = useSessionStatus() === 'expired'
  return (
    <Modal
      opened={isOver}
      onClose={signedOut}
      title={text.overTitle}
      centered
      closeOnClickOutside={false}
      zIndex={1000}
    >
      <Text c="dimmed" mb="md">
        {text.over}
      </Text>
      <SignInForm />
    </Modal>
  )
}

import { Container } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { strings } from '@/strings'

type Props = { title: string; children: ReactNode; width?: number }

/** A page of ordinary width; its title goes to the browser's tab. */
export function Page({ title, children, width = 1440 }: Props) {
  useTitle(title)
  return (
    <Container size={width} w="100%" py="xl" px={{ base: 'md', sm: 'xl' }}>
      {children}
    </Container>
  )
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${strings.product}`
  }, [title])
}

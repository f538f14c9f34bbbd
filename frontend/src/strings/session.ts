export const session = {
  title: 'Sign in',
  welcome: 'Welcome to LogiData',
  tagline: 'Draw a data pipeline; Apache Airflow runs it.',
  username: 'User name',
  password: 'Password',
  signIn: 'Sign in',
  failed: 'User name or password is wrong.',
  overTitle: 'Your session has ended',
  over: 'Sign in again to go on. Nothing that you edited is lost.',
  firstTime: 'The first password was printed by `make up`; it is kept in var/secrets.env.',
  signedOut: 'You are signed out.',
}

declare module "virtual:texts-bn" {
  const texts: Record<string, string>
  export default texts
}
